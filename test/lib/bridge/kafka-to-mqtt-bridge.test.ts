import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { KafkaToMqttBridge, type KafkaToMqttOptions } from '../../../lib/bridge/kafka-to-mqtt-bridge';
import { KafkaAdmin } from '../../../lib/kafka/kafka-admin';
import { KafkaProducer } from '../../../lib/kafka/kafka-producer';
import { consoleProduce } from '../../support/kafka-console';
import { foreignSubscriber } from '../../support/mosquitto-sub';
import { detailedSubscriber } from '../../support/mosquitto-sub-details';
import { freePort } from '../../support/own-mosquitto';
import { kafkaBrokers, mqttUrl } from '../../support/servers';
import { until } from '../../support/until';
import { connected, missing, numbered, randomNames, run, unstamped } from './running-bridge';

/** A topic with one partition, and a bridge that reads it from its beginning. */
async function prepared(t: TestContext, partitions = 1) {
  const own = randomNames();
  const admin = new KafkaAdmin({ brokers: kafkaBrokers() });
  t.after(() => admin.close());
  await admin.createTopic({ topic: own.kafkaTopic, partitions });
  const bridgeOf = ({ mqtt, ...options }: Partial<KafkaToMqttOptions> = {}) =>
    new KafkaToMqttBridge({
      kafka: { brokers: kafkaBrokers() },
      mqtt: { url: mqttUrl(), username: 'bridge', password: 'any', ...mqtt },
      ...{ from: [own.kafkaTopic], to: own.mqttTopic, groupId: own.groupId, start: 'earliest', ...options },
    });
  return { ...own, admin, bridgeOf };
}

async function producer(t: TestContext): Promise<KafkaProducer> {
  const made = new KafkaProducer({ connection: { brokers: kafkaBrokers() } });
  t.after(() => made.close());
  made.start();
  return Promise.resolve(made);
}

const READINGS = [
  '{"Ambient Temperature": 23.0, "Ambient Humidity": 45.10, "MQTT_Timestamp": 1674000000000}',
  '{"z": 1, "a": {"deep": [1.0, 2e3]}, "Unknown": "ä€😀", "Wall1 Temperature": -0.0}',
  '{ "spaced" : 1.50 , "escaped" : "\\u00e4\\n\\"}" }',
  '{"big": 12345678901234567890, "doubled": 1, "doubled": 2}',
];

for (const protocolVersion of [4, 5] as const) {
  test(`a record of Kafka's console producer arrives in MQTT byte for byte but for the stamp (MQTT version ${protocolVersion})`, async (t) => {
    const { kafkaTopic, mqttTopic, bridgeOf } = await prepared(t);
    const far = await foreignSubscriber(t, mqttUrl(), mqttTopic);
    await connected(t, bridgeOf({ mqtt: { url: mqttUrl(), protocolVersion } }));
    const begin = Date.now();
    await consoleProduce(kafkaBrokers(), kafkaTopic, READINGS);
    await far.reach(READINGS.length);
    assert.deepEqual(
      far.payloads.map((payload) => unstamped(payload).payload),
      READINGS,
    );
    for (const { stamp } of far.payloads.map((payload) => unstamped(payload))) {
      assert.ok(stamp >= begin && stamp <= Date.now(), `stamp ${stamp}`);
    }
  });
}

test('what is no JSON object is rejected with its reason, alone, and the group goes on behind it', async (t) => {
  const { kafkaTopic, mqttTopic, groupId, admin, bridgeOf } = await prepared(t);
  const bad: [Buffer | null, string][] = [
    [Buffer.from('not json'), 'READING_NOT_JSON'],
    [Buffer.from('{"a": NaN}'), 'READING_NOT_A_NUMBER'],
    [Buffer.from('7'), 'READING_NOT_AN_OBJECT'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'READING_NOT_UTF8'],
    [null, 'BRIDGE_NO_VALUE'],
  ];
  const good = numbered(0, bad.length + 1);
  const records = [...bad.flatMap(([value], i) => [good[i]!, value]), good.at(-1)!];
  const far = await foreignSubscriber(t, mqttUrl(), mqttTopic);
  const { rejected, bridge } = await connected(t, bridgeOf());
  const sender = await producer(t);
  await Promise.all(records.map((value) => sender.send({ topic: kafkaTopic, value })));
  await far.reach(good.length);
  assert.deepEqual(
    far.payloads.map((payload) => unstamped(payload).payload),
    good,
  );
  assert.deepEqual(
    rejected.map(({ payload, error }) => [payload, error.code]),
    bad,
  );
  await bridge.close();
  assert.deepEqual(bridge.counts, { received: 11, bridged: 6, rejected: 5, looped: 0 });
  assert.equal((await admin.committedOffsets(groupId, kafkaTopic)).get(0), 11n);
});

test('a rejected record goes to the dead-letter topic as it came, with the reason', async (t) => {
  const { kafkaTopic, mqttTopic, bridgeOf } = await prepared(t);
  const deadLetterTopic = `${mqttTopic}/dead`;
  const { messages } = await detailedSubscriber(t, mqttUrl(), deadLetterTopic);
  const { rejected } = await connected(t, bridgeOf({ deadLetterTopic, mqtt: { url: mqttUrl(), protocolVersion: 5 } }));
  await consoleProduce(kafkaBrokers(), kafkaTopic, ['{"a": NaN}']);
  await until(() => messages.length > 0, 20_000, 'the dead letter');
  assert.equal(messages[0]?.payload.toString(), '{"a": NaN}');
  const properties = messages[0].properties.join(' ');
  assert.match(
    properties,
    new RegExp(`kafka-topic:${kafkaTopic} kafka-partition:0 kafka-offset:0 error-code:READING_NOT_A_NUMBER`),
  );
  await until(() => rejected.length > 0, 5_000);
  assert.equal(rejected[0]?.deadLetterTopic, deadLetterTopic);
});

test('what is produced while the bridge is away is bridged when it is back, once', async (t) => {
  const { kafkaTopic, mqttTopic, bridgeOf } = await prepared(t, 3);
  const far = await foreignSubscriber(t, mqttUrl(), mqttTopic);
  const { bridge } = await connected(t, bridgeOf());
  await consoleProduce(kafkaBrokers(), kafkaTopic, numbered(0, 200));
  await far.reach(200);
  await bridge.close();
  await consoleProduce(kafkaBrokers(), kafkaTopic, numbered(200, 500));
  const again = await connected(t, bridgeOf());
  await far.reach(500);
  assert.deepEqual(missing(500, far.payloads), []);
  await again.bridge.close();
  assert.equal(again.bridge.counts.received, 300);
});

test('a bridge that starts at the latest record takes what comes after it joined, and nothing older', async (t) => {
  const { kafkaTopic, mqttTopic, bridgeOf } = await prepared(t);
  await consoleProduce(kafkaBrokers(), kafkaTopic, numbered(0, 10));
  const far = await foreignSubscriber(t, mqttUrl(), mqttTopic);
  await connected(t, bridgeOf({ start: 'latest' }));
  await consoleProduce(kafkaBrokers(), kafkaTopic, numbered(10, 20));
  await far.reach(10);
  assert.deepEqual(
    far.payloads.map((payload) => unstamped(payload).payload),
    numbered(10, 20),
  );
});

test('topic and user properties follow the record when told', async (t) => {
  const { kafkaTopic, mqttTopic, bridgeOf } = await prepared(t);
  const { messages } = await detailedSubscriber(t, mqttUrl(), `${mqttTopic}/#`);
  await connected(
    t,
    bridgeOf({ to: `${mqttTopic}/{key}/{1}`, headers: true, mqtt: { url: mqttUrl(), protocolVersion: 5 } }),
  );
  await consoleProduce(
    kafkaBrokers(),
    kafkaTopic,
    ['unit:C,site:hall\tboard-1\t{"a": 1.0}'],
    [...['--property', 'parse.headers=true', '--property', 'parse.key=true']],
  );
  await until(() => messages.length > 0, 20_000, 'the message');
  assert.equal(messages[0]?.topic, `${mqttTopic}/board-1/bridge`);
  assert.deepEqual(messages[0].properties, ['unit:C', 'site:hall']);
  assert.equal(unstamped(messages[0].payload).payload, '{"a": 1.0}');
});

test('the last message of a topic is retained when told, and QoS 0 passes too', async (t) => {
  const { kafkaTopic, mqttTopic, bridgeOf } = await prepared(t);
  const { reach } = await connected(t, bridgeOf({ retain: true, qos: 0, stampKey: 'Return_Timestamp' }));
  await consoleProduce(kafkaBrokers(), kafkaTopic, ['{"a": 1.0}', '{"a": 2.0}']);
  await reach(2);
  const { messages } = await detailedSubscriber(t, mqttUrl(), mqttTopic);
  await until(() => messages.length > 0, 10_000, 'the retained message');
  assert.equal(messages[0]?.retained, true);
  assert.equal(unstamped(messages[0].payload, 'Return_Timestamp').payload, '{"a": 2.0}');
});

test('servers that are not there are waited for, each side told apart, and close ends in time', async (t) => {
  const { bridgeOf } = await prepared(t);
  const absent = await freePort();
  const { bridge, stands } = run(
    t,
    bridgeOf({ mqtt: { url: `mqtt://127.0.0.1:${absent}` }, kafka: { brokers: [`127.0.0.1:${absent}`] } }),
  );
  const [mqtt, kafka] = await Promise.all([stands('mqtt', 'waiting'), stands('kafka', 'waiting')]);
  assert.equal(mqtt.error?.code, 'MQTT_REFUSED');
  assert.match(String(kafka.error?.message), new RegExp(`127.0.0.1:${absent}`));
  const begin = performance.now();
  await Promise.all([bridge.close(), bridge.close()]);
  assert.ok(performance.now() - begin < 5_500);
});

test('while the MQTT broker is away nothing is committed, the window bounds what is taken, and close ends in time', async (t) => {
  const { kafkaTopic, groupId, admin, bridgeOf } = await prepared(t);
  await consoleProduce(kafkaBrokers(), kafkaTopic, numbered(0, 500));
  const { bridge, stands } = run(t, bridgeOf({ window: 50, mqtt: { url: `mqtt://127.0.0.1:${await freePort()}` } }));
  await stands('kafka', 'connected');
  await until(() => bridge.counts.received >= 50, 20_000, 'a full window');
  const begin = performance.now();
  await bridge.close();
  assert.ok(performance.now() - begin < 6_500, `took ${performance.now() - begin} ms`);
  assert.equal(bridge.counts.received, 50);
  assert.equal((await admin.committedOffsets(groupId, kafkaTopic)).get(0) ?? 0n, 0n);
});

test('options that cannot work are refused with a reason', async (t) => {
  const { bridgeOf } = await prepared(t);
  const refused = (options: Partial<KafkaToMqttOptions>, code: string) =>
    assert.throws(
      () => bridgeOf(options),
      (error) => (error as { code?: unknown }).code === code,
      code,
    );
  refused({ to: 'a/#' }, 'BRIDGE_TEMPLATE');
  refused({ deadLetterTopic: 'a/+' }, 'BRIDGE_TEMPLATE');
  refused({ headers: true }, 'BRIDGE_OPTIONS');
  refused({ loopGuard: 'pair' }, 'BRIDGE_OPTIONS');
  refused({ loopGuard: 'a,b', mqtt: { url: mqttUrl(), protocolVersion: 5 } }, 'BRIDGE_OPTIONS');
  refused({ groupId: '' }, 'KAFKA_OPTIONS_INVALID');
});
