import { rejectionProbe, statusProbe } from '../../test/support/log-probes';
import type { Peers } from './peer-test';

const REJECTING = { rejectedOutput: true };
const rejected = (id: string): string[] => [`rejected-${id}`];

/** The stages of the reference flow, each of which a stand-in may take over. What one of them rejects is in the log. */
export const board = (port: string, format = 'nucleo'): object[] => [
  {
    ...{ id: 'board', type: 'stm32-serial', transport: 'serial', portBy: 'path', path: port, format, ...REJECTING },
    ...{ source: 'peers', numbered: true, wires: [['publish'], rejected('board')] },
  },
  rejectionProbe('board'),
  ...statusProbe('board'),
];

export const publish = ({ mqttTopic }: Peers): object[] => [
  { id: 'publish', type: 'mqtt-twin-write', broker: 'broker', topic: mqttTopic, ...REJECTING, wires: [rejected('publish')] },
  rejectionProbe('publish'),
  ...statusProbe('publish'),
];

export const bridge = ({ mqttTopic, kafkaTopic }: Peers): object[] => [
  {
    ...{ id: 'bridge', type: 'kafka-bridge', direction: 'to-kafka', broker: 'broker', cluster: 'cluster' },
    ...{ mqttFilters: mqttTopic, kafkaTopic, ...REJECTING, wires: [rejected('bridge')] },
  },
  rejectionProbe('bridge'),
  ...statusProbe('bridge'),
];

/** Kafka to InfluxDB as the reference flow stores readings, with their numbers beside for the count. */
export const ingestion = ({ kafkaTopic }: Peers): object[] => [
  {
    ...{ id: 'read', type: 'kafka-twin-read', cluster: 'cluster', topics: kafkaTopic, mode: 'group' },
    ...{ groupId: kafkaTopic, from: 'earliest', deliver: 'batch', ...REJECTING, wires: [['write'], rejected('read')] },
  },
  {
    ...{ id: 'write', type: 'influx-twin-write', database: 'database', ...REJECTING, wires: [rejected('write')] },
    mapping: [
      { key: 'Ambient Temperature', measurement: 'Temperature', field: 'Ambient Temperature', type: 'float' },
      { key: 'Ambient Humidity', measurement: 'Humidity', field: 'Ambient Humidity', type: 'float' },
      { key: 'Wall2 Humidity', measurement: 'Number', field: 'Wall2 Humidity', type: 'float' },
      { key: 'Sequence', measurement: 'Number', field: 'Sequence', type: 'integer' },
    ],
    tags: [
      { tag: 'location', from: 'text', value: 'Germany' },
      { tag: 'Source', from: 'key', value: 'Source' },
    ],
  },
  rejectionProbe('read'),
  rejectionProbe('write'),
];
