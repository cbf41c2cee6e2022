import { defineNode } from '../common/definition';

const serial = { transport: ['serial'] };
const byPath = { ...serial, portBy: ['path'] };
const byUsb = { ...serial, portBy: ['usb'] };
const csv = { format: ['csv'] };
const simulated = { transport: ['simulated'] };
const lines = ['leave', 'on', 'off'] as const;
const hex = '[0-9A-Fa-f]{4}';

export const definition = defineNode({
  type: 'stm32-serial',
  role: 'node',
  color: '#C7D98F',
  inputs: 1,
  outputs: [{ name: 'readings' }, { name: 'rejected', when: { rejectedOutput: [true] } }],
  labelBy: 'source',
  options: {
    transport: {
      kind: 'choice',
      default: 'serial',
      choices: ['serial', 'simulated', 'input'],
      icon: 'fa-plug',
      since: '0.1.0',
    },
    portBy: { kind: 'choice', default: 'path', choices: ['path', 'usb'], when: serial, icon: 'fa-usb', since: '0.1.0' },
    path: { kind: 'text', default: '/dev/ttyACM0', required: true, when: byPath, icon: 'fa-random', since: '0.1.0' },
    vendorId: { kind: 'text', default: '0483', pattern: hex, when: byUsb, icon: 'fa-usb', since: '0.1.0' },
    productId: { kind: 'text', default: '', pattern: hex, when: byUsb, icon: 'fa-usb', since: '0.1.0' },
    serialNumber: { kind: 'text', default: '', maxLength: 100, when: byUsb, icon: 'fa-barcode', since: '0.1.0' },
    baudRate: {
      kind: 'number',
      default: 38400,
      min: 50,
      max: 4_000_000,
      integer: true,
      unit: 'baud',
      when: serial,
      icon: 'fa-tachometer',
      since: '0.1.0',
    },
    format: {
      kind: 'choice',
      default: 'nucleo',
      choices: ['nucleo', 'pico', 'udp', 'json', 'csv'],
      icon: 'fa-align-left',
      since: '0.1.0',
    },
    columns: { kind: 'text', default: '', maxLength: 2000, when: csv, icon: 'fa-columns', since: '0.1.0' },
    separator: { kind: 'text', default: ',', required: true, maxLength: 1, when: csv, since: '0.1.0' },
    rate: {
      kind: 'number',
      default: 1,
      min: 0.01,
      max: 1000,
      unit: '1/s',
      when: simulated,
      icon: 'fa-tachometer',
      since: '0.1.0',
    },
    seed: { kind: 'number', default: 1, min: 0, max: 4_294_967_295, integer: true, when: simulated, since: '0.1.0' },
    dayMinutes: {
      kind: 'number',
      default: 1440,
      min: 0.1,
      max: 1440,
      unit: 'min',
      when: simulated,
      icon: 'fa-sun-o',
      since: '0.1.0',
    },
    source: { kind: 'text', default: 'board', required: true, maxLength: 100, icon: 'fa-microchip', since: '0.1.0' },
    numbered: { kind: 'switch', default: true, since: '0.1.0' },
    rejectedOutput: { kind: 'switch', default: false, since: '0.1.0' },
    dataBits: {
      kind: 'choice',
      default: '8',
      choices: ['5', '6', '7', '8'],
      when: serial,
      since: '0.1.0',
      section: 'line',
    },
    parity: {
      kind: 'choice',
      default: 'none',
      choices: ['none', 'even', 'odd'],
      when: serial,
      since: '0.1.0',
      section: 'line',
    },
    stopBits: {
      kind: 'choice',
      default: '1',
      choices: ['1', '2'],
      when: serial,
      since: '0.1.0',
      section: 'line',
    },
    dtr: { kind: 'choice', default: 'leave', choices: lines, when: serial, since: '0.1.0', section: 'line' },
    rts: { kind: 'choice', default: 'leave', choices: lines, when: serial, since: '0.1.0', section: 'line' },
    hangUp: { kind: 'switch', default: true, when: serial, since: '0.1.0', section: 'line' },
  },
});
