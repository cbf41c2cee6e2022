import { randomBytes } from 'node:crypto';
import { KafkaToMqttBridge } from '../../lib/bridge/kafka-to-mqtt-bridge';
import { MqttToKafkaBridge } from '../../lib/bridge/mqtt-to-kafka-bridge';
import type { KafkaConnectionOptions } from '../../lib/kafka/kafka-options';
import type { OptionsOf } from '../common/definition';
import type { BrokerConnection } from '../mqtt-twin-broker/broker-connection';
import type { definition } from './options';

type Options = OptionsOf<typeof definition>;

/**
 * The bridge that a node's options describe.
 * @param nodeId names what the servers remember of this node: its session and its consumer group
 * @throws TwinError BRIDGE_…, MQTT_…, KAFKA_…
 */
export function bridgeOfOptions(
  options: Options,
  broker: BrokerConnection,
  kafka: KafkaConnectionOptions,
  nodeId: string,
): MqttToKafkaBridge | KafkaToMqttBridge {
  const { headers, loopGuard, deadLetterTopic, window, stampKey } = options;
  const common = {
    ...{ kafka, headers, window, stampKey: stampKey || null, qos: options.qos === '1' ? (1 as const) : (0 as const) },
    ...(loopGuard && { loopGuard }),
    ...(deadLetterTopic && { deadLetterTopic }),
  };
  // Without a session to keep, two runtimes with the same flow may both connect: a broker keeps one client of a name.
  const anyone = broker.optionsFor(randomBytes(4).toString('hex'));
  if (options.direction === 'to-kafka') {
    const { kafkaTopic: to, key, compression, createTopic, partitions, replication: replicationFactor } = options;
    const kept = options.qos === '1' && options.keepSession;
    return new MqttToKafkaBridge({
      ...{ ...common, to, key, compression, from: list(options.mqttFilters) },
      mqtt: kept ? { ...broker.optionsFor(nodeId), clean: false } : { ...anyone, clean: true },
      ...(createTopic && { newTopics: { partitions, replicationFactor } }),
    });
  }
  const { mqttTopic: to, retain, start } = options;
  const groupId = options.groupId || `twin-${nodeId}`;
  return new KafkaToMqttBridge({
    ...{ ...common, to, retain, start, groupId, from: list(options.kafkaTopics), mqtt: anyone },
  });
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
