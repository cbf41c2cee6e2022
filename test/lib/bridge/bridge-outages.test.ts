import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { BridgeCounts } from '../../../lib/bridge/bridge';
import { KafkaToMqttBridge } from '../../../lib/bridge/kafka-to-mqtt-bridge';
import { MqttToKafkaBridge } from '../../../lib/bridge/mqtt-to-kafka-bridge';
import { KafkaAdmin } from '../../../lib/kafka/kafka-admin';
import { consoleConsume, consoleProduce } from '../../support/kafka-console';
import { foreignPublish } from '../../support/mosquitto-pub';
import { foreignSubscriber, type ForeignSubscriber } from '../../support/mosquitto-sub';
import { NO_LIMITS, OPEN_TO_ALL, OwnMosquitto } from '../../support/own-mosquitto';
import { OwnKafka } from '../../support/own-kafka';
import { kafkaBrokers, mqttUrl } from '../../support/servers';
import { until } from '../../support/until';
import { connected, missing, numbered, randomNames, reachesAll } from './running-bridge';

const ownMosquitto = (t: TestContext) => OwnMosquitto.start(t, [...OPEN_TO_ALL, ...NO_LIMITS]);

async function topicOf(t: TestContext, brokers: readonly string[], topic: string): Promise<KafkaAdmin> {
  const admin = new KafkaAdmin({ brokers: [...brokers] });
  t.after(() => admin.close());
  await admin.createTopic({ topic, partitions: 1 });
  return admin;
}

test(
  'MQTT to Kafka: nothing is missing when Kafka is killed under load and comes back',
  { timeout: 120_000 },
  async (t) => {
    const { mqttTopic, kafkaTopic, clientId } = randomNames();
    const kafka = await OwnKafka.start(t);
    const admin = await topicOf(t, kafka.brokers, kafkaTopic);
    const { bridge, stands, reach } = await connected(
      t,
      new MqttToKafkaBridge({
        ...{ mqtt: { url: mqttUrl(), clientId }, kafka: { brokers: kafka.brokers } },
        ...{ from: [mqttTopic], to: kafkaTopic },
      }),
    );
    const flood = foreignPublish(mqttUrl(), mqttTopic, numbered(0, 6_000));
    await reach(500);
    await kafka.kill();
    const { error } = await stands('kafka', 'waiting');
    assert.ok(error, 'the state says why');
    await flood;
    await foreignPublish(mqttUrl(), mqttTopic, numbered(6_000, 8_000));
    assert.ok(bridge.counts.received - bridge.counts.bridged <= 1_000, 'more than a window is under way');
    await kafka.restart();
    await reach(8_000);
    const stored = Number((await admin.endOffsets(kafkaTopic)).get(0));
    assert.deepEqual(missing(8_000, await consoleConsume(t, kafka.brokers, kafkaTopic, stored)), []);
  },
);

test(
  'MQTT to Kafka: nothing is missing when Mosquitto is killed with messages unacknowledged, and comes back',
  { timeout: 120_000 },
  async (t) => {
    const { mqttTopic, kafkaTopic, clientId } = randomNames();
    const mosquitto = await ownMosquitto(t);
    const kafka = await OwnKafka.start(t);
    const admin = await topicOf(t, kafka.brokers, kafkaTopic);
    const { bridge, stands, reach } = await connected(
      t,
      new MqttToKafkaBridge({
        ...{ mqtt: { url: mosquitto.url, clientId }, kafka: { brokers: kafka.brokers } },
        ...{ from: [mqttTopic], to: kafkaTopic, window: 200 },
      }),
    );
    // With Kafka away the bridge can acknowledge nothing: a full window of messages is open when the broker dies.
    await kafka.kill();
    await stands('kafka', 'waiting');
    await foreignPublish(mosquitto.url, mqttTopic, numbered(0, 1_000));
    await until(() => bridge.counts.received >= 200, 20_000, 'a full window');
    await saveNow(mosquitto);
    await mosquitto.kill();
    await mosquitto.restart();
    await kafka.restart();
    await foreignPublish(mosquitto.url, mqttTopic, numbered(1_000, 1_500));
    await reach(1_500);
    const stored = Number((await admin.endOffsets(kafkaTopic)).get(0));
    assert.deepEqual(missing(1_500, await consoleConsume(t, kafka.brokers, kafkaTopic, stored)), []);
  },
);

test(
  'Kafka to MQTT: nothing is missing when Mosquitto is killed under load and comes back',
  { timeout: 120_000 },
  async (t) => {
    const { mqttTopic, kafkaTopic, groupId, clientId } = randomNames();
    const mosquitto = await ownMosquitto(t);
    const admin = await topicOf(t, kafkaBrokers(), kafkaTopic);
    const far = await foreignSubscriber(t, mosquitto.url, mqttTopic, ['-c', '-i', clientId]);
    await saveNow(mosquitto);
    const { bridge, stands, reach } = await connected(
      t,
      new KafkaToMqttBridge({
        ...{ kafka: { brokers: kafkaBrokers() }, mqtt: { url: mosquitto.url } },
        ...{ from: [kafkaTopic], to: mqttTopic, groupId, start: 'earliest' },
      }),
    );
    const flood = consoleProduce(kafkaBrokers(), kafkaTopic, numbered(0, 20_000));
    await reach(500);
    await killWhenDelivered(mosquitto, bridge, far);
    assert.ok(bridge.counts.bridged < 20_000, 'the flood was over before the kill');
    await stands('mqtt', 'waiting');
    await flood;
    await mosquitto.restart();
    await reachesAll(far.payloads, 20_000);
    const committed = async (): Promise<bigint | undefined> =>
      (await admin.committedOffsets(groupId, kafkaTopic)).get(0);
    await until(async () => (await committed()) === 20_000n, 20_000, 'the commit of the last record');
    await bridge.close();
  },
);

test(
  'Kafka to MQTT: nothing is missing when Kafka is killed under load and comes back',
  { timeout: 120_000 },
  async (t) => {
    const { mqttTopic, kafkaTopic, groupId } = randomNames();
    const kafka = await OwnKafka.start(t);
    await topicOf(t, kafka.brokers, kafkaTopic);
    const far = await foreignSubscriber(t, mqttUrl(), mqttTopic);
    const { stands, reach } = await connected(
      t,
      new KafkaToMqttBridge({
        ...{ kafka: { brokers: kafka.brokers }, mqtt: { url: mqttUrl() } },
        ...{ from: [kafkaTopic], to: mqttTopic, groupId, start: 'earliest' },
      }),
    );
    await consoleProduce(kafka.brokers, kafkaTopic, numbered(0, 3_000));
    await reach(1);
    await kafka.kill();
    await stands('kafka', 'waiting');
    await kafka.restart();
    await consoleProduce(kafka.brokers, kafkaTopic, numbered(3_000, 6_000));
    await reachesAll(far.payloads, 6_000);
  },
);

/** Lets the broker write its state to the disk, so that a kill costs nothing that it has acknowledged. */
async function saveNow(mosquitto: OwnMosquitto): Promise<void> {
  const savedAt = () => statSync(join(mosquitto.folder, 'mosquitto.db'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const before = savedAt();
  mosquitto.signal('SIGUSR1');
  await until(() => savedAt() > before, 20_000, 'the save of the broker');
}

/**
 * Kills the broker at a moment when all that it has acknowledged is with the subscriber: what it had acknowledged and
 * only kept in memory would be its own loss (it acknowledges before it writes to the disk), not the bridge's.
 */
async function killWhenDelivered(
  mosquitto: OwnMosquitto,
  { counts }: { counts: BridgeCounts },
  far: ForeignSubscriber,
): Promise<void> {
  for (;;) {
    mosquitto.signal('SIGSTOP');
    let before: string;
    let now = '';
    do {
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 100));
      now = `${counts.bridged} ${far.payloads.length}`;
    } while (now !== before);
    if (far.payloads.length >= counts.bridged) return mosquitto.kill();
    mosquitto.signal('SIGCONT');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
