import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { MqttToKafkaBridge, type MqttToKafkaOptions } from '../../../lib/bridge/mqtt-to-kafka-bridge';
import { KafkaAdmin } from '../../../lib/kafka/kafka-admin';
import { consoleConsume } from '../../support/kafka-console';
import { foreignPublish } from '../../support/mosquitto-pub';
import { freePort } from '../../support/own-mosquitto';
import { kafkaBrokers, mqttUrl } from '../../support/servers';
import { connected, numbered, randomNames, run, unstamped } from './running-bridge';

const names = randomNames;
function bridgeOf(
  { mqttTopic, kafkaTopic, clientId }: ReturnType<typeof randomNames>,
  { mqtt, ...options }: Partial<MqttToKafkaOptions> = {},
): MqttToKafkaBridge {
  return new MqttToKafkaBridge({
    mqtt: { url: mqttUrl(), clientId, username: 'bridge', password: 'any', ...mqtt },
    kafka: { brokers: kafkaBrokers() },
    ...{ from: [mqttTopic], to: kafkaTopic, ...options },
  });
}

function admin(t: TestContext): KafkaAdmin {
  const made = new KafkaAdmin({ brokers: kafkaBrokers() });
  t.after(() => made.close());
  return made;
}

const READINGS = [
  '{"Ambient Temperature": 23.0, "Ambient Humidity": 45.10, "MQTT_Timestamp": 1674000000000}',
  '{"z": 1, "a": {"deep": [1.0, 2e3]}, "Unknown": "ä€😀", "Wall1 Temperature": -0.0}',
  '{ "spaced" : 1.50 , "escaped" : "\\u00e4\\n\\"}" }',
  '{"big": 12345678901234567890, "doubled": 1, "doubled": 2}',
];

for (const protocolVersion of [4, 5] as const) {
  test(`a reading arrives in Kafka byte for byte but for the stamp, key and headers null (MQTT version ${protocolVersion})`, async (t) => {
    const own = names();
    const { reach } = await connected(t, bridgeOf(own, { mqtt: { url: mqttUrl(), protocolVersion } }));
    const begin = Date.now();
    await foreignPublish(mqttUrl(), own.mqttTopic, READINGS);
    await reach(READINGS.length);
    const lines = await consoleConsume(t, kafkaBrokers(), own.kafkaTopic, READINGS.length, [
      ...['print.headers=true', 'print.key=true', 'key.separator=|', 'headers.separator=,'],
    ]);
    assert.equal(lines.length, READINGS.length);
    for (const [i, line] of lines.entries()) {
      const [headers, key, ...value] = line.toString().split('|');
      assert.deepEqual([headers, key], ['NO_HEADERS', 'null']);
      const { payload, stamp } = unstamped(Buffer.from(value.join('|')));
      assert.equal(payload, READINGS[i]);
      assert.ok(stamp >= begin && stamp <= Date.now(), `stamp ${stamp}`);
    }
  });
}

test('what is no JSON object is rejected with its reason, alone, and does not come again', async (t) => {
  const own = names();
  const bad: [string | Buffer, string][] = [
    ['not json', 'READING_NOT_JSON'],
    ['{"Ambient Temperature": NaN}', 'READING_NOT_A_NUMBER'],
    ['[1, 2]', 'READING_NOT_AN_OBJECT'],
    ['{"a": 1', 'READING_NOT_JSON'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'READING_NOT_UTF8'],
  ];
  const good = numbered(0, bad.length + 1);
  const { reach, rejected, bridged, bridge } = await connected(t, bridgeOf(own));
  await foreignPublish(mqttUrl(), own.mqttTopic, [...bad.flatMap(([payload], i) => [good[i]!, payload]), good.at(-1)!]);
  await reach(good.length);
  assert.deepEqual(
    rejected.map(({ payload, error, topic }) => [payload?.toString('latin1'), error.code, topic]),
    bad.map(([payload, code]) => [Buffer.from(payload).toString('latin1'), code, own.mqttTopic]),
  );
  assert.deepEqual(
    bridged.map(({ payload }) => unstamped(payload).payload),
    good,
  );
  assert.deepEqual(bridge.counts, { received: 11, bridged: 6, rejected: 5, looped: 0 });

  await bridge.close();
  const next = await connected(t, bridgeOf(own));
  await foreignPublish(mqttUrl(), own.mqttTopic, numbered(100, 101));
  await next.reach(1);
  assert.equal(next.bridge.counts.received, 1, 'the kept session gave something again');
});

test('a rejected message goes to the dead-letter topic as it came, with the reason in headers', async (t) => {
  const own = names();
  const deadLetterTopic = `${own.kafkaTopic}.dead`;
  const { reach, rejected } = await connected(t, bridgeOf(own, { deadLetterTopic }));
  await foreignPublish(mqttUrl(), own.mqttTopic, ['{"a": NaN}', '{"a": 1.0}']);
  await reach(1);
  const [line] = await consoleConsume(t, kafkaBrokers(), deadLetterTopic, 1, ['print.headers=true']);
  const [headers, value] = line!.toString().split('\t');
  assert.equal(value, '{"a": NaN}');
  assert.match(headers!, new RegExp(`mqtt-topic:${own.mqttTopic},error-code:READING_NOT_A_NUMBER,error-message:.`));
  assert.equal(rejected[0]?.deadLetterTopic, deadLetterTopic);
});

test('what arrives while the bridge is away waits at the broker', async (t) => {
  const own = names();
  const { bridge } = await connected(t, bridgeOf(own));
  await bridge.close();
  await foreignPublish(mqttUrl(), own.mqttTopic, numbered(0, 300));
  const { bridged, reach } = await connected(t, bridgeOf(own));
  await reach(300);
  assert.deepEqual(
    bridged.map(({ payload }) => unstamped(payload).payload),
    numbered(0, 300),
  );
});

for (const protocolVersion of [4, 5] as const) {
  test(`a bridge that is forgotten leaves no session at the broker (MQTT version ${protocolVersion})`, async (t) => {
    const own = names();
    const mqtt = { url: mqttUrl(), protocolVersion };
    const { bridge } = await connected(t, bridgeOf(own, { mqtt }));
    await bridge.close();
    await (bridge as MqttToKafkaBridge).forget();
    await foreignPublish(mqttUrl(), own.mqttTopic, numbered(0, 10));
    const next = await connected(t, bridgeOf(own, { mqtt }));
    await foreignPublish(mqttUrl(), own.mqttTopic, numbered(10, 11));
    await next.reach(1);
    assert.equal(next.bridge.counts.received, 1);
  });
}

test('topic, key and headers follow the message when told', async (t) => {
  const own = names();
  const { reach, bridged } = await connected(
    t,
    bridgeOf(own, {
      mqtt: { url: mqttUrl(), protocolVersion: 5 },
      ...{ to: 'made.{topic}', key: 'source', headers: true, compression: 'gzip' },
    }),
  );
  const properties = [
    ...['-V', '5', '-D', 'publish', 'user-property', 'unit', '°C'],
    ...['-D', 'publish', 'user-property', 'site', 'hall'],
  ];
  await foreignPublish(mqttUrl(), own.mqttTopic, ['{"a": 1.0, "Source": "board-1"}', '{"a": 2.0}'], properties);
  await reach(2);
  const to = `made.${own.mqttTopic.replace('/', '.')}`;
  assert.equal(bridged[0]?.to, to);
  const lines = await consoleConsume(t, kafkaBrokers(), to, 2, [
    'print.headers=true',
    'print.key=true',
    'print.value=false',
  ]);
  assert.deepEqual(lines.map(String), ['unit:°C,site:hall\tboard-1', 'unit:°C,site:hall\tnull']);
});

test('the MQTT topic can be the key, and the stamp can have another name or be left out', async (t) => {
  const own = names();
  const second = { ...names(), mqttTopic: own.mqttTopic };
  const a = await connected(t, bridgeOf(own, { key: 'topic', stampKey: 'Gateway_Timestamp' }));
  const b = await connected(t, bridgeOf(second, { stampKey: null }));
  await foreignPublish(mqttUrl(), own.mqttTopic, ['{"a": 1.0}']);
  await Promise.all([a.reach(1), b.reach(1)]);
  const [first] = await consoleConsume(t, kafkaBrokers(), own.kafkaTopic, 1, ['print.key=true']);
  const [key, value] = first!.toString().split('\t');
  assert.equal(key, own.mqttTopic);
  assert.equal(unstamped(Buffer.from(value!), 'Gateway_Timestamp').payload, '{"a": 1.0}');
  assert.equal(b.bridged[0]?.payload.toString(), '{"a": 1.0}');
});

test('a message whose topic cannot be mapped is rejected alone', async (t) => {
  const own = names();
  const from = [`${own.mqttTopic}/#`];
  const { reach, rejected } = await connected(t, bridgeOf(own, { from, to: `${own.kafkaTopic}.{3}` }));
  await foreignPublish(mqttUrl(), own.mqttTopic, ['{"a": 1.0}']);
  await foreignPublish(mqttUrl(), `${own.mqttTopic}/x`, ['{"a": 2.0}']);
  await reach(1);
  assert.deepEqual(
    rejected.map(({ error }) => error.code),
    ['BRIDGE_TOPIC'],
  );
});

test('a missing topic is created with the partitions asked for, before the first message', async (t) => {
  const own = names();
  const { reach, bridged } = await connected(t, bridgeOf(own, { newTopics: { partitions: 3, replicationFactor: 1 } }));
  await foreignPublish(mqttUrl(), own.mqttTopic, numbered(0, 500));
  await reach(500);
  assert.equal((await admin(t).endOffsets(own.kafkaTopic)).size, 3);
  assert.equal(new Set(bridged.map(({ payload }) => unstamped(payload).payload)).size, 500);
});

test('a topic that cannot be created holds its messages back and says why, until it is there', async (t) => {
  const own = names();
  const { reach, stands } = run(t, bridgeOf(own, { newTopics: { partitions: 1, replicationFactor: 3 } }));
  await stands('mqtt', 'connected');
  await foreignPublish(mqttUrl(), own.mqttTopic, numbered(0, 10));
  const { error } = await stands('kafka', 'waiting');
  assert.match(error!.message, /replica/i);
  await admin(t).createTopic({ topic: own.kafkaTopic, partitions: 1, replicationFactor: 1 });
  await reach(10);
  await stands('kafka', 'connected');
});

test('a record that Kafka refuses as too large is rejected alone', async (t) => {
  const own = names();
  await admin(t).createTopic({ topic: own.kafkaTopic, partitions: 1, settings: { 'max.message.bytes': '20000' } });
  const { reach, rejected } = await connected(t, bridgeOf(own));
  const large = `{"text": "${'x'.repeat(30_000)}"}`;
  await foreignPublish(mqttUrl(), own.mqttTopic, ['{"a": 1.0}', large, '{"a": 2.0}']);
  await reach(2);
  assert.deepEqual(
    rejected.map(({ error, payload }) => [error.code, payload?.length]),
    [['KAFKA_RECORD_TOO_LARGE', large.length]],
  );
});

test('a QoS 0 message passes too', async (t) => {
  const own = names();
  const { reach } = await connected(t, bridgeOf(own, { qos: 0 }));
  await foreignPublish(mqttUrl(), own.mqttTopic, ['{"a": 1.0}'], ['-q', '0']);
  await reach(1);
});

test('servers that are not there are waited for, each side told apart, and close ends at once', async (t) => {
  const own = names();
  const absent = await freePort();
  const { bridge, stands } = run(
    t,
    bridgeOf(own, { mqtt: { url: `mqtt://127.0.0.1:${absent}` }, kafka: { brokers: [`127.0.0.1:${absent}`] } }),
  );
  const [mqtt, kafka] = await Promise.all([stands('mqtt', 'waiting'), stands('kafka', 'waiting')]);
  assert.equal(mqtt.error?.code, 'MQTT_REFUSED');
  assert.match(String(kafka.error?.message), new RegExp(`127.0.0.1:${absent}`));
  const begin = performance.now();
  await Promise.all([bridge.close(), bridge.close()]);
  assert.ok(performance.now() - begin < 5_500);
});

test('close lets what is under way arrive', async (t) => {
  const own = names();
  const { bridge, reach } = await connected(t, bridgeOf(own));
  await foreignPublish(mqttUrl(), own.mqttTopic, numbered(0, 2_000));
  await reach(1);
  await bridge.close();
  const { received, bridged } = bridge.counts;
  assert.equal(bridged, received);
});

test('options that cannot work are refused with a reason', () => {
  const own = names();
  const refused = (options: Partial<MqttToKafkaOptions>, code: string) =>
    assert.throws(
      () => bridgeOf(own, options),
      (error) => (error as { code?: unknown }).code === code,
      code,
    );
  refused({ to: 'a b' }, 'BRIDGE_TEMPLATE');
  refused({ deadLetterTopic: 'dead/letters' }, 'BRIDGE_TEMPLATE');
  refused({ headers: true }, 'BRIDGE_OPTIONS');
  refused({ loopGuard: 'pair' }, 'BRIDGE_OPTIONS');
  refused({ from: ['a/#/b'] }, 'MQTT_TOPIC');
  refused({ from: [] }, 'MQTT_TOPIC');
  refused({ kafka: { brokers: [] } }, 'KAFKA_OPTIONS_INVALID');
  refused({ mqtt: { url: mqttUrl(), clientId: '' } }, 'MQTT_OPTIONS');
});
