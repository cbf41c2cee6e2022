import { statusProbe } from '../../support/log-probes';

export interface FlowNames {
  readonly mqttTopic: string;
  readonly kafkaTopic: string;
}

/** Where Node-RED finds its servers; a relay may stand in front of each. */
export interface FlowAddresses {
  readonly mqttPort: number;
  readonly brokers: string;
  readonly influxUrl: string;
  readonly database: string;
}

export type FlowNode = { readonly id: string } & Readonly<Record<string, unknown>>;

/** The config nodes, on a tab that holds everything else. */
export const configNodes = ({ mqttPort, brokers, influxUrl, database }: FlowAddresses): FlowNode[] => [
  { id: 'flow', type: 'tab', label: 'pipeline' },
  { id: 'broker', type: 'mqtt-twin-broker', host: '127.0.0.1', port: mqttPort },
  { id: 'cluster', type: 'kafka-twin-cluster', brokers },
  { id: 'database', type: 'influx-twin-database', url: influxUrl, database },
];

export const valuesMapping = [
  { key: 'Ambient Temperature', measurement: 'Values', field: 'Ambient Temperature', type: 'float' },
  { key: 'Sequence', measurement: 'Values', field: 'Sequence', type: 'integer' },
];

/** A serial line with one reading of JSON a line, each with a source and a number of its own, published to MQTT. */
export const serialToMqtt = (
  port: string,
  { mqttTopic }: FlowNames,
  board: object = {},
  publish: object = {},
): FlowNode[] => [
  {
    ...{ id: 'board', type: 'stm32-serial', transport: 'serial', portBy: 'path', path: port, format: 'json' },
    ...{ numbered: false, wires: [['publish']], ...board },
  },
  {
    ...{ id: 'publish', type: 'mqtt-twin-write', broker: 'broker', topic: mqttTopic, qos: '1', stamp: true },
    ...{ wires: [], ...publish },
  },
  ...['board', 'publish'].flatMap(statusProbe),
];

export const mqttToKafka = ({ mqttTopic, kafkaTopic }: FlowNames, more: object = {}): FlowNode[] => [
  {
    ...{ id: 'bridge', type: 'kafka-bridge', direction: 'to-kafka', broker: 'broker', cluster: 'cluster' },
    ...{ mqttFilters: mqttTopic, kafkaTopic, wires: [], ...more },
  },
  ...statusProbe('bridge'),
];

/** @param suffix tells several of these apart: it ends the ids, the group and the database's id */
export const kafkaToInflux = (
  { kafkaTopic }: FlowNames,
  { suffix = '', read = {}, write = {} }: { suffix?: string; read?: object; write?: object } = {},
): FlowNode[] => [
  {
    ...{ id: `read${suffix}`, type: 'kafka-twin-read', cluster: 'cluster', topics: kafkaTopic, mode: 'group' },
    ...{ groupId: `${kafkaTopic}${suffix}`, from: 'earliest', commit: 'flow', deliver: 'each' },
    ...{ wires: [[`write${suffix}`]], ...read },
  },
  {
    ...{ id: `write${suffix}`, type: 'influx-twin-write', database: `database${suffix}`, fields: 'table' },
    ...{ mapping: valuesMapping, wires: [], ...write },
  },
];

/** As they lie on the tab of `configNodes`; a config node has no wires and lies nowhere. */
export const onTab = (nodes: readonly FlowNode[]): FlowNode[] =>
  nodes.map((node) => ('wires' in node ? { z: 'flow', x: 100, y: 100, ...node } : node));
