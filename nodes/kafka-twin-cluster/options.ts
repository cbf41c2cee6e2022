import { defineNode } from '../common/definition';

export const definition = defineNode({
  type: 'kafka-twin-cluster',
  role: 'config',
  inputs: 0,
  outputs: [],
  labelBy: 'brokers',
  connectionTest: true,
  options: {
    brokers: { kind: 'text', default: 'localhost:9092', required: true, icon: 'fa-globe', since: '0.1.0' },
    clientId: { kind: 'text', default: 'digital-twin', maxLength: 200, icon: 'fa-id-badge', since: '0.1.0' },
    tls: { kind: 'switch', default: false, since: '0.1.0' },
    tlsConfig: { kind: 'config', of: 'tls-config', required: false, when: { tls: [true] }, since: '0.1.0' },
    sasl: {
      kind: 'choice',
      default: 'none',
      choices: ['none', 'plain', 'scram-sha-256', 'scram-sha-512'],
      icon: 'fa-key',
      since: '0.1.0',
    },
    username: {
      kind: 'secret',
      visible: true,
      when: { sasl: ['plain', 'scram-sha-256', 'scram-sha-512'] },
      icon: 'fa-user',
      since: '0.1.0',
    },
    password: { kind: 'secret', when: { sasl: ['plain', 'scram-sha-256', 'scram-sha-512'] }, since: '0.1.0' },
  },
});
