import { freshName, freshTopic } from '../support/fresh-topic';
import type { Runtime } from '../support/runtime';
import { kafkaBrokers, mqttUrl } from '../support/servers';

export const TYPES = ['mqtt-twin-broker', 'kafka-twin-cluster', 'kafka-bridge'];

interface Setup {
  readonly mqtt?: string;
  readonly brokers?: string;
  readonly broker?: Record<string, unknown>;
  readonly bridge?: Record<string, unknown>;
}

/** Names that no other test has, and a flow with one bridge from MQTT to Kafka, both of its outputs wired. */
export async function named(kafkaTopic?: string) {
  const id = freshName('bridge');
  return { id, mqttTopic: `node/${id}`, kafkaTopic: kafkaTopic ?? (await freshTopic(kafkaBrokers())) };
}
type Names = Awaited<ReturnType<typeof named>>;

export function flowOf(
  { id, mqttTopic, kafkaTopic }: Names,
  { mqtt = mqttUrl(), brokers, broker, bridge }: Setup = {},
) {
  const { hostname: host, port } = new URL(mqtt);
  return [
    { id: 'f', type: 'tab' },
    { id: 'b', type: 'mqtt-twin-broker', host, port, ...broker },
    { id: 'c', type: 'kafka-twin-cluster', brokers: brokers ?? kafkaBrokers().join(',') },
    {
      ...{ id, type: 'kafka-bridge', z: 'f', x: 100, y: 100, broker: 'b', cluster: 'c' },
      ...{ mqttFilters: mqttTopic, kafkaTopic, kafkaTopics: kafkaTopic, mqttTopic },
      ...{ bridgedOutput: true, rejectedOutput: true, outputs: 2, wires: [['out'], ['bad']] },
      ...bridge,
    },
    { id: 'out', type: 'helper', z: 'f' },
    { id: 'bad', type: 'helper', z: 'f' },
  ];
}

export const toMqtt = { direction: 'to-mqtt', start: 'earliest' };
/** Resolves when both sides of a bridge are connected. */
export const connected = (runtime: Runtime, id: string) => runtime.status(id, /status\.bridged/);
