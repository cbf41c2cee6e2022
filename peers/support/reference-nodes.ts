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
  {
    id: 'publish',
    type: 'mqtt-twin-write',
    broker: 'broker',
    topic: mqttTopic,
    ...REJECTING,
    wires: [rejected('publish')],
  },
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

/** Our model between two Kafka topics, at the stage of the MATLAB script. */
export const model = ({ kafkaTopic }: Peers, modelTopic: string): object[] => [
  {
    ...{ id: 'to-model', type: 'kafka-twin-read', cluster: 'cluster', topics: kafkaTopic, mode: 'group' },
    ...{ groupId: `${kafkaTopic}-model`, from: 'earliest', wires: [['model']] },
  },
  {
    id: 'model',
    type: 'twin-model',
    model: 'absolute-humidity',
    ...REJECTING,
    wires: [['modelled'], rejected('model')],
  },
  { id: 'modelled', type: 'kafka-twin-write', cluster: 'cluster', topic: modelTopic, wires: [] },
  rejectionProbe('model'),
];

/** The delays of a topic's records, into the measurement `Timestamp`. */
export const latency = (topic: string, options: object = {}): object[] => [
  {
    ...{ id: 'to-latency', type: 'kafka-twin-read', cluster: 'cluster', topics: topic, mode: 'group' },
    ...{ groupId: `${topic}-latency`, from: 'earliest', wires: [['latency']] },
  },
  {
    ...{ id: 'latency', type: 'kafka-latency', summaryEvery: 'never', ...REJECTING, ...options },
    wires: [['delays'], rejected('latency')],
  },
  { id: 'delays', type: 'influx-twin-write', database: 'database', ...REJECTING, wires: [rejected('delays')] },
  rejectionProbe('latency'),
  rejectionProbe('delays'),
];
