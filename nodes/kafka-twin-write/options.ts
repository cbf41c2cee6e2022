import { SOURCE } from '../../lib/reading/keys';
import { defineNode } from '../common/definition';
import { spoolOptions } from '../common/sink/spool-options';

export const definition = defineNode({
  type: 'kafka-twin-write',
  role: 'node',
  color: '#B9B2E0',
  inputs: 1,
  outputs: [
    { name: 'accepted', when: { acceptedOutput: [true] } },
    { name: 'rejected', when: { rejectedOutput: [true] } },
  ],
  align: 'right',
  labelBy: 'topic',
  options: {
    cluster: { kind: 'config', of: 'kafka-twin-cluster', required: true, since: '0.1.0' },
    topic: { kind: 'text', default: 'RealTime_Data', maxLength: 1000, icon: 'fa-tasks', since: '0.1.0' },
    key: {
      kind: 'choice',
      default: 'reading',
      choices: ['reading', 'message', 'none'],
      icon: 'fa-key',
      since: '0.1.0',
    },
    readingKey: {
      kind: 'text',
      default: SOURCE,
      required: true,
      maxLength: 200,
      icon: 'fa-tag',
      when: { key: ['reading'] },
      since: '0.1.0',
    },
    headers: {
      kind: 'table',
      columns: {
        name: { kind: 'text', default: '', required: true, maxLength: 200, width: 3 },
        value: { kind: 'text', default: '', maxLength: 1000, width: 4 },
      },
      default: [],
      maxRows: 50,
      icon: 'fa-list',
      since: '0.1.0',
    },
    messageHeaders: { kind: 'switch', default: false, since: '0.1.0' },
    compression: {
      kind: 'choice',
      default: 'none',
      choices: ['none', 'gzip'],
      icon: 'fa-compress',
      since: '0.1.0',
    },
    ...spoolOptions(),
    acceptedOutput: { kind: 'switch', default: false, since: '0.1.0', section: 'outputs' },
    rejectedOutput: { kind: 'switch', default: false, since: '0.1.0', section: 'outputs' },
  },
});
