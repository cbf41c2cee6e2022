import { DEFAULT_MAPPING_ROWS } from '../../lib/influx/point-mapping';
import { MQTT_TIMESTAMP, SOURCE } from '../../lib/reading/keys';
import { defineNode } from '../common/definition';
import { spoolOptions } from '../common/sink/spool-options';

export const definition = defineNode({
  type: 'influx-twin-write',
  role: 'node',
  color: '#9DC3E6',
  inputs: 1,
  outputs: [
    { name: 'accepted', when: { acceptedOutput: [true] } },
    { name: 'rejected', when: { rejectedOutput: [true] } },
  ],
  align: 'right',
  options: {
    database: { kind: 'config', of: 'influx-twin-database', required: true, since: '0.1.0' },
    fields: { kind: 'choice', default: 'table', choices: ['table', 'all'], icon: 'fa-random', since: '0.1.0' },
    mapping: {
      kind: 'table',
      columns: {
        key: { kind: 'text', default: '', required: true, maxLength: 200, width: 3 },
        measurement: { kind: 'text', default: '', required: true, maxLength: 200, width: 3 },
        field: { kind: 'text', default: '', required: true, maxLength: 200, width: 3 },
        type: { kind: 'choice', default: 'float', choices: ['float', 'integer', 'string', 'boolean'], width: 2 },
      },
      default: DEFAULT_MAPPING_ROWS.map(({ key, measurement, field, type }) => ({ key, measurement, field, type })),
      maxRows: 200,
      when: { fields: ['table'] },
      since: '0.1.0',
    },
    measurement: {
      kind: 'text',
      default: 'Timestamp',
      required: true,
      maxLength: 200,
      icon: 'fa-tag',
      when: { fields: ['all'] },
      since: '0.1.0',
    },
    tags: {
      kind: 'table',
      columns: {
        tag: { kind: 'text', default: '', required: true, maxLength: 200, width: 3 },
        from: { kind: 'choice', default: 'text', choices: ['text', 'key'], width: 2 },
        value: { kind: 'text', default: '', required: true, maxLength: 1000, width: 3 },
      },
      default: [{ tag: SOURCE, from: 'key', value: SOURCE }],
      maxRows: 50,
      icon: 'fa-tags',
      since: '0.1.0',
    },
    time: { kind: 'choice', default: 'key', choices: ['key', 'now'], icon: 'fa-clock-o', since: '0.1.0' },
    timeKey: {
      kind: 'text',
      default: MQTT_TIMESTAMP,
      required: true,
      maxLength: 1000,
      when: { time: ['key'] },
      since: '0.1.0',
    },
    batch: {
      kind: 'number',
      default: 5000,
      min: 1,
      max: 50_000,
      integer: true,
      since: '0.1.0',
      section: 'delivery',
    },
    parallel: {
      kind: 'number',
      default: 1,
      min: 1,
      max: 8,
      integer: true,
      since: '0.1.0',
      section: 'delivery',
    },
    gzip: { kind: 'switch', default: false, icon: 'fa-compress', since: '0.1.0', section: 'delivery' },
    ...spoolOptions(),
    acceptedOutput: { kind: 'switch', default: false, since: '0.1.0', section: 'outputs' },
    rejectedOutput: { kind: 'switch', default: false, since: '0.1.0', section: 'outputs' },
  },
});
