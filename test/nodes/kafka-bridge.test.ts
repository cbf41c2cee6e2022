import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { KafkaAdmin } from '../../lib/kafka/kafka-admin';
import { KafkaProducer } from '../../lib/kafka/kafka-producer';
import { freshName } from '../support/fresh-topic';
import { consoleConsume } from '../support/kafka-console';
import { foreignPublish } from '../support/mosquitto-pub';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { OPEN_TO_ALL, OwnMosquitto, freePort } from '../support/own-mosquitto';
import { type Message, Runtime } from '../support/runtime';
import { kafkaBrokers, mqttUrl } from '../support/servers';
import { until } from '../support/until';
import { TYPES, connected, flowOf, named, toMqtt } from './bridge-flow';

/** Errors and warnings that are not Node-RED's own. */
const complaints = (runtime: Runtime): string[] =>
  runtime
    .log()
    .filter(([level, text]) => level <= 30 && !/^(\[helper\]|nodes\.)/.test(text))
    .map(([, text]) => text);
const sequence = ({ payload }: Message): number => (payload as { Sequence: number }).Sequence;

function producer(t: TestContext): KafkaProducer {
  const producing = new KafkaProducer({ connection: { brokers: kafkaBrokers() } });
  producing.start();
  t.after(() => producing.close());
  return producing;
}

test('MQTT to Kafka: the record is the payload byte for byte with the stamp added, and the reading leaves by an output', async (t) => {
  const names = await named();
  const runtime = await Runtime.start(t, TYPES, flowOf(names));
  const next = runtime.next('out');
  await connected(runtime, names.id);
  const before = Date.now();
  await foreignPublish(mqttUrl(), names.mqttTopic, ['{"Ambient Temperature": 23.0,  "x": "ü", "MQTT_Timestamp": 1}']);
  const { payload, topic, from, partition, offset } = await next;
  const { Bridge_Timestamp: stamp, ...rest } = payload as Record<string, unknown>;
  assert.deepEqual(rest, { 'Ambient Temperature': 23, x: 'ü', MQTT_Timestamp: 1 });
  assert.ok((stamp as number) >= before && (stamp as number) <= Date.now());
  assert.deepEqual([topic, from, partition, offset], [names.kafkaTopic, names.mqttTopic, 0, 0]);
  const [record] = await consoleConsume(t, kafkaBrokers(), names.kafkaTopic, 1);
  assert.equal(
    record?.toString(),
    `{"Ambient Temperature": 23.0,  "x": "ü", "MQTT_Timestamp": 1, "Bridge_Timestamp": ${String(stamp)}}`,
  );
});

test('MQTT to Kafka: each message that is no reading costs exactly itself, and comes out with its bytes and its reason', async (t) => {
  const names = await named();
  const runtime = await Runtime.start(t, TYPES, flowOf(names));
  const [good, bad] = [runtime.collect('out', 2), runtime.collect('bad', 3)];
  await connected(runtime, names.id);
  const lines = ['{"Sequence": 1}', 'no json', '{"a": NaN}', '[1]', '{"Sequence": 2}'];
  await foreignPublish(mqttUrl(), names.mqttTopic, lines);
  assert.deepEqual((await good).map(sequence), [1, 2]);
  for (const [index, { payload, topic, error }] of (await bad).entries()) {
    assert.equal(String(payload), lines[index + 1]);
    assert.equal(topic, names.mqttTopic);
    assert.match(error?.code ?? '', /^READING_/);
  }
  assert.deepEqual(complaints(runtime), []);
});

test('without the output for rejected messages the log names one, and the good ones pass', async (t) => {
  const names = await named();
  const bridge = { rejectedOutput: false, outputs: 1, wires: [['out']] };
  const runtime = await Runtime.start(t, TYPES, flowOf(names, { bridge }));
  const good = runtime.next('out');
  await connected(runtime, names.id);
  await foreignPublish(mqttUrl(), names.mqttTopic, ['no json', 'no json either', '{"Sequence": 3}']);
  assert.equal(sequence(await good), 3);
  assert.equal(complaints(runtime).length, 1);
});

test('Kafka to MQTT: another client gets the reading, with or without a stamp', async (t) => {
  const names = await named();
  const far = await foreignSubscriber(t, mqttUrl(), names.mqttTopic);
  const value = '{"Ambient Temperature": 23.0, "Bridge_Timestamp": 1}';
  await producer(t).send({ topic: names.kafkaTopic, value });
  const runtime = await Runtime.start(t, TYPES, flowOf(names, { bridge: { ...toMqtt, stampKey: '' } }));
  await far.reach(1);
  assert.equal(far.payloads[0]?.toString(), value);
  await runtime.unload();
  const bridge = { ...toMqtt, groupId: freshName('group'), stampKey: 'Return_Timestamp' };
  await runtime.load(TYPES, flowOf(names, { bridge }));
  await far.reach(2);
  assert.match(
    String(far.payloads[1]),
    /^\{"Ambient Temperature": 23\.0, "Bridge_Timestamp": 1, "Return_Timestamp": \d{13}\}$/,
  );
});

test('Kafka to MQTT: after a restart the bridge goes on where its group stands', async (t) => {
  const names = await named();
  const admin = new KafkaAdmin({ brokers: kafkaBrokers() });
  t.after(() => admin.close());
  const bridge = { ...toMqtt, groupId: freshName('group') };
  const producing = producer(t);
  const send = (n: number) => producing.send({ topic: names.kafkaTopic, value: `{"Sequence": ${n}}` });
  await send(1);
  const runtime = await Runtime.start(t, TYPES, flowOf(names, { bridge }));
  assert.equal(sequence(await runtime.next('out')), 1);
  // Closing commits too, but gives up when the coordinator takes its time; the record then comes again.
  const stands = async () => (await admin.committedOffsets(bridge.groupId, names.kafkaTopic)).get(0) === 1n;
  await until(stands, 20_000, 'the commit');
  await runtime.unload();
  await send(2);
  await runtime.load(TYPES, flowOf(names, { bridge }));
  assert.equal(sequence(await runtime.next('out')), 2);
});

test('MQTT to Kafka: what arrives while Node-RED is away is bridged when it is back', async (t) => {
  const names = await named();
  const runtime = await Runtime.start(t, TYPES, flowOf(names));
  await connected(runtime, names.id);
  await runtime.unload();
  await foreignPublish(mqttUrl(), names.mqttTopic, ['{"Sequence": 1}', '{"Sequence": 2}']);
  await runtime.load(TYPES, flowOf(names));
  assert.deepEqual((await runtime.collect('out', 2)).map(sequence), [1, 2]);
});

test('MQTT to Kafka: for a node that was deleted the broker collects nothing', async (t) => {
  const names = await named();
  const runtime = await Runtime.start(t, TYPES, flowOf(names));
  await connected(runtime, names.id);
  await runtime.node(names.id).close(true);
  await foreignPublish(mqttUrl(), names.mqttTopic, ['{"Sequence": 1}']);
  await runtime.unload();
  await runtime.load(TYPES, flowOf(names));
  const next = runtime.next('out');
  await connected(runtime, names.id);
  await foreignPublish(mqttUrl(), names.mqttTopic, ['{"Sequence": 2}']);
  assert.equal(sequence(await next), 2);
});

test('the options may come from the environment', async (t) => {
  const names = await named();
  process.env['BRIDGE_TEST_FILTER'] = names.mqttTopic;
  process.env['BRIDGE_TEST_TOPIC'] = names.kafkaTopic;
  const bridge = { mqttFilters: '${BRIDGE_TEST_FILTER}', kafkaTopic: '${BRIDGE_TEST_TOPIC}' };
  const runtime = await Runtime.start(t, TYPES, flowOf(names, { bridge }));
  const next = runtime.next('out');
  await connected(runtime, names.id);
  await foreignPublish(mqttUrl(), names.mqttTopic, ['{"Sequence": 1}']);
  assert.equal((await next).topic, names.kafkaTopic);
});

test('a missing topic is created with the partitions asked for, when told', async (t) => {
  const names = await named(freshName());
  const bridge = { createTopic: true, partitions: '3', replication: '1' };
  const runtime = await Runtime.start(t, TYPES, flowOf(names, { bridge }));
  const next = runtime.next('out');
  await connected(runtime, names.id);
  await foreignPublish(mqttUrl(), names.mqttTopic, ['{"Sequence": 1}']);
  await next;
  const admin = new KafkaAdmin({ brokers: kafkaBrokers() });
  t.after(() => admin.close());
  assert.equal((await admin.endOffsets(names.kafkaTopic)).size, 3);
});

test('a topic that cannot be created shows in the status, and no longer once it is there', async (t) => {
  const names = await named(freshName());
  const bridge = { createTopic: true, partitions: 1, replication: 50 };
  const runtime = await Runtime.start(t, TYPES, flowOf(names, { bridge }));
  const next = runtime.next('out');
  await connected(runtime, names.id);
  const down = runtime.status(names.id, /status\.kafkaDown/);
  await foreignPublish(mqttUrl(), names.mqttTopic, ['{"Sequence": 1}']);
  assert.equal((await down).fill, 'red');
  const admin = new KafkaAdmin({ brokers: kafkaBrokers() });
  t.after(() => admin.close());
  await admin.createTopic({ topic: names.kafkaTopic, partitions: 1 });
  assert.equal(sequence(await next), 1);
  await connected(runtime, names.id);
});

test('a broker that is absent at the start is told once, and taken when it is there', async (t) => {
  const names = await named();
  const port = await freePort();
  const mqtt = `mqtt://127.0.0.1:${port}`;
  const runtime = await Runtime.start(t, TYPES, flowOf(names, { mqtt }));
  assert.equal((await runtime.status(names.id, /status\.mqttDown/)).fill, 'red');
  const lines = complaints(runtime);
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, new RegExp(`127\\.0\\.0\\.1:${port}`));
  assert.doesNotMatch(lines[0]!, /\n\s+at /);
  const next = runtime.next('out');
  await OwnMosquitto.start(t, OPEN_TO_ALL, port);
  await connected(runtime, names.id);
  await foreignPublish(mqtt, names.mqttTopic, ['{"Sequence": 1}']);
  assert.equal(sequence(await next), 1);
});

test('both sides are named when both are away', async (t) => {
  const names = await named('t');
  const away = { mqtt: `mqtt://127.0.0.1:${await freePort()}`, brokers: '127.0.0.1:1' };
  const runtime = await Runtime.start(t, TYPES, flowOf(names, away));
  assert.equal((await runtime.status(names.id, /status\.bothDown/)).fill, 'red');
  assert.equal(complaints(runtime).length, 2);
});

test('a Kafka that is not there is told once, and does not hold up a deploy while messages wait', async (t) => {
  const names = await named();
  const runtime = await Runtime.start(t, TYPES, flowOf(names, { brokers: '127.0.0.1:1' }));
  await runtime.status(names.id, /status\.kafkaDown/);
  await foreignPublish(mqttUrl(), names.mqttTopic, ['{"Sequence": 1}', '{"Sequence": 2}']);
  assert.equal(complaints(runtime).filter((text) => text.includes('127.0.0.1:1')).length, 1);
  const begun = performance.now();
  await runtime.unload();
  assert.ok(performance.now() - begun < 5_000);
  await runtime.load(TYPES, flowOf(names));
  assert.deepEqual((await runtime.collect('out', 2)).map(sequence), [1, 2]);
});

test('options that cannot work together are refused with one error that says why', async (t) => {
  const names = await named('t');
  const runtime = await Runtime.start(t, TYPES, flowOf(names, { bridge: { headers: true } }));
  assert.equal((await runtime.status(names.id, /status\.invalid/)).fill, 'red');
  const lines = complaints(runtime);
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /MQTT 5/);
});

test('in MQTT 5 user properties become headers of the record', async (t) => {
  const names = await named();
  const setup = { broker: { protocolVersion: '5' }, bridge: { headers: true } };
  const runtime = await Runtime.start(t, TYPES, flowOf(names, setup));
  const next = runtime.next('out');
  await connected(runtime, names.id);
  const property = ['-V', '5', '-D', 'publish', 'user-property', 'room', 'cold store'];
  await foreignPublish(mqttUrl(), names.mqttTopic, ['{"Sequence": 1}'], property);
  await next;
  const [record] = await consoleConsume(t, kafkaBrokers(), names.kafkaTopic, 1, ['print.headers=true']);
  assert.match(String(record), /^room:cold store\t/);
});
