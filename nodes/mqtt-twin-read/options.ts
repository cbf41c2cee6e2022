import { defineNode } from '../common/definition';

const acknowledged = { qos: ['1'] };

export const definition = defineNode({
  type: 'mqtt-twin-read',
  role: 'node',
  color: '#8CC9BF',
  inputs: 0,
  outputs: [{ name: 'readings' }, { name: 'rejected', when: { rejectedOutput: [true] } }],
  labelBy: 'topics',
  options: {
    broker: { kind: 'config', of: 'mqtt-twin-broker', required: true, since: '0.1.0' },
    topics: {
      kind: 'text',
      default: 'Sensor/Values',
      required: true,
      maxLength: 4000,
      icon: 'fa-tasks',
      since: '0.1.0',
    },
    qos: { kind: 'choice', default: '1', choices: ['0', '1'], icon: 'fa-empire', since: '0.1.0' },
    acknowledge: {
      kind: 'choice',
      default: 'flow',
      choices: ['flow', 'delivery'],
      when: acknowledged,
      icon: 'fa-check',
      since: '0.1.0',
    },
    keepSession: {
      kind: 'switch',
      default: true,
      when: { ...acknowledged, acknowledge: ['delivery'] },
      since: '0.1.0',
    },
    format: {
      kind: 'choice',
      default: 'json',
      choices: ['json', 'text', 'buffer'],
      icon: 'fa-align-left',
      since: '0.1.0',
    },
    rejectedOutput: { kind: 'switch', default: false, since: '0.1.0' },
    window: {
      kind: 'number',
      default: 1000,
      min: 1,
      max: 65_535,
      integer: true,
      when: acknowledged,
      icon: 'fa-arrows-h',
      since: '0.1.0',
      section: 'limits',
    },
    holdLimit: {
      kind: 'number',
      default: 60,
      min: 1,
      max: 86_400,
      unit: 's',
      when: { ...acknowledged, acknowledge: ['flow'] },
      icon: 'fa-clock-o',
      since: '0.1.0',
      section: 'limits',
    },
  },
});
