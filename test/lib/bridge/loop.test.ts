import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { BridgeCounts } from '../../../lib/bridge/bridge';
import { KafkaToMqttBridge } from '../../../lib/bridge/kafka-to-mqtt-bridge';
import { MqttToKafkaBridge } from '../../../lib/bridge/mqtt-to-kafka-bridge';
import { KafkaAdmin } from '../../../lib/kafka/kafka-admin';
import { consoleProduce } from '../../support/kafka-console';
import { foreignPublish } from '../../support/mosquitto-pub';
import { detailedSubscriber } from '../../support/mosquitto-sub-details';
import { kafkaBrokers, mqttUrl } from '../../support/servers';
import { until } from '../../support/until';
import { connected, numbered, randomNames, unstamped } from './running-bridge';

/** Two bridges of opposite directions between one MQTT topic and one Kafka topic. */
async function pair(t: TestContext, guarded: boolean) {
  const { mqttTopic, kafkaTopic, clientId, groupId } = randomNames();
  const admin = new KafkaAdmin({ brokers: kafkaBrokers() });
  t.after(() => admin.close());
  await admin.createTopic({ topic: kafkaTopic, partitions: 1 });
  const kafka = { brokers: kafkaBrokers() };
  const mqtt = { url: mqttUrl(), protocolVersion: 5 as const };
  const guard = guarded ? { loopGuard: 'pair' } : {};
  const up = await connected(
    t,
    new MqttToKafkaBridge({ kafka, mqtt: { ...mqtt, clientId }, from: [mqttTopic], to: kafkaTopic, ...guard }),
  );
  const down = await connected(
    t,
    new KafkaToMqttBridge({ kafka, mqtt, from: [kafkaTopic], to: mqttTopic, groupId, start: 'earliest', ...guard }),
  );
  const { messages } = await detailedSubscriber(t, mqttUrl(), mqttTopic);
  return { mqttTopic, kafkaTopic, admin, messages, up: up.bridge, down: down.bridge };
}

test('two guarded bridges between the same topics pass each message on once, whichever side it began on', async (t) => {
  const { mqttTopic, kafkaTopic, admin, messages, up, down } = await pair(t, true);
  await foreignPublish(mqttUrl(), mqttTopic, numbered(0, 10));
  await consoleProduce(kafkaBrokers(), kafkaTopic, numbered(10, 20));
  // Everything has been everywhere, and back to where it is stopped. The proof of the last, and the line of
  // mosquitto_sub about it, may come after that.
  const cameRound = ({ counts }: { counts: BridgeCounts }) => counts.looped >= 10 && counts.bridged >= 10;
  await until(() => cameRound(up) && cameRound(down) && messages.length >= 20, 20_000, 'the end of the loop');
  assert.deepEqual(up.counts, { received: 20, bridged: 10, rejected: 0, looped: 10 });
  assert.deepEqual(down.counts, { received: 20, bridged: 10, rejected: 0, looped: 10 });
  assert.equal((await admin.endOffsets(kafkaTopic)).get(0), 20n);
  assert.equal(messages.length, 20);
  const fromKafka = messages.filter(({ properties }) => properties.includes('bridge-origin:pair'));
  assert.deepEqual(
    fromKafka.map(({ payload }) => unstamped(payload).payload),
    numbered(10, 20),
  );
});

test('without the guard the same message goes round and round', async (t) => {
  const { mqttTopic, messages } = await pair(t, false);
  await foreignPublish(mqttUrl(), mqttTopic, numbered(0, 1));
  await until(() => messages.length >= 20, 20_000, 'a loop');
});
