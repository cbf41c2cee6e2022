import { defineNode } from '../common/definition';

export const definition = defineNode({
  type: 'mqtt-twin-broker',
  role: 'config',
  inputs: 0,
  outputs: [],
  labelBy: 'host',
  connectionTest: true,
  options: {
    host: { kind: 'text', default: 'localhost', required: true, icon: 'fa-globe', since: '0.1.0' },
    port: { kind: 'number', default: 1883, min: 1, max: 65535, integer: true, since: '0.1.0' },
    username: { kind: 'secret', visible: true, icon: 'fa-user', since: '0.1.0' },
    password: { kind: 'secret', since: '0.1.0' },
    tls: { kind: 'switch', default: false, since: '0.1.0' },
    tlsConfig: { kind: 'config', of: 'tls-config', required: false, when: { tls: [true] }, since: '0.1.0' },
    protocolVersion: { kind: 'choice', default: '4', choices: ['4', '5'], since: '0.1.0', section: 'session' },
    clientId: { kind: 'text', default: '', maxLength: 200, since: '0.1.0', section: 'session' },
    keepAlive: {
      kind: 'number',
      default: 30,
      min: 1,
      max: 65535,
      integer: true,
      unit: 's',
      icon: 'fa-heartbeat',
      since: '0.1.0',
      section: 'session',
    },
  },
});
