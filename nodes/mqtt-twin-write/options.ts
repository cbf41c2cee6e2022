import { defineNode } from '../common/definition';
import { spoolOptions } from '../common/sink/spool-options';

export const definition = defineNode({
  type: 'mqtt-twin-write',
  role: 'node',
  color: '#8CC9BF',
  inputs: 1,
  outputs: [
    { name: 'accepted', when: { acceptedOutput: [true] } },
    { name: 'rejected', when: { rejectedOutput: [true] } },
  ],
  align: 'right',
  labelBy: 'topic',
  options: {
    broker: { kind: 'config', of: 'mqtt-twin-broker', required: true, since: '0.1.0' },
    topic: {
      kind: 'text',
      default: 'Sensor/Values',
      required: true,
      maxLength: 1000,
      icon: 'fa-tasks',
      since: '0.1.0',
    },
    qos: { kind: 'choice', default: '1', choices: ['0', '1'], icon: 'fa-empire', since: '0.1.0' },
    retain: { kind: 'switch', default: false, since: '0.1.0' },
    stamp: { kind: 'switch', default: true, since: '0.1.0' },
    ...spoolOptions({ qos: ['1'] }),
    acceptedOutput: { kind: 'switch', default: false, since: '0.1.0', section: 'outputs' },
    rejectedOutput: { kind: 'switch', default: false, since: '0.1.0', section: 'outputs' },
  },
});
