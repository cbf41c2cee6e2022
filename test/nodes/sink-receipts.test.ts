import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KafkaProducer } from '../../lib/kafka/kafka-producer';
import { freshName, freshTopic } from '../support/fresh-topic';
import { InfluxDatabase } from '../support/influx-database';
import { NO_LIMITS, OPEN_TO_ALL, OwnMosquitto } from '../support/own-mosquitto';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { Runtime } from '../support/runtime';
import { influxUrl, kafkaBrokers } from '../support/servers';
import { until } from '../support/until';

const COUNT = 9_000;
/** So many points for each reading that all of them are more than a client holds. */
const KEYS = Array.from({ length: 12 }, (_, index) => `k${index}`);

test('readings whose source waits for them are never given up, however many points wait for the database', async (t) => {
  const database = await InfluxDatabase.create(t);
  const topic = await freshTopic(kafkaBrokers());
  const producer = new KafkaProducer({ connection: { brokers: kafkaBrokers() } });
  producer.start();
  const values = Object.fromEntries(KEYS.map((key) => [key, 1]));
  await Promise.all(
    Array.from({ length: COUNT }, (_, n) =>
      producer.send({ topic, value: JSON.stringify({ ...values, MQTT_Timestamp: 1_700_000_000_000 + n }) }),
    ),
  );
  await producer.close();
  const types = ['kafka-twin-cluster', 'influx-twin-database', 'kafka-twin-read', 'influx-twin-write', 'catch'];
  const runtime = await Runtime.start(t, types, [
    { id: 'f', type: 'tab' },
    { id: 'k', type: 'kafka-twin-cluster', brokers: kafkaBrokers().join(',') },
    {
      ...{ id: 'd', type: 'influx-twin-database', version: 'auto', url: influxUrl(), database: database.name },
      org: database.connection.org ?? '',
    },
    {
      ...{ id: 'r', type: 'kafka-twin-read', z: 'f', x: 1, y: 1, cluster: 'k', topics: topic, mode: 'group' },
      ...{ groupId: freshName('group'), from: 'earliest', window: 100_000, deliver: 'batch', wires: [['w']] },
    },
    {
      ...{ id: 'w', type: 'influx-twin-write', z: 'f', x: 1, y: 1, database: 'd', wires: [], batch: 200, tags: [] },
      mapping: KEYS.map((key) => ({ key, measurement: key, field: 'v', type: 'float' })),
    },
    { id: 'catch', type: 'catch', z: 'f', x: 1, y: 1, wires: [['caught']] },
    { id: 'caught', type: 'recorder', z: 'f', x: 1, y: 1 },
  ]);
  const last = KEYS.at(-1);
  const stored = async () => Number((await database.query(`SELECT count("v") FROM "${last}"`))[0]?.['count'] ?? 0);
  await until(async () => (await stored()) === COUNT, 60_000, 'all points');
  assert.equal(runtime.recorded('caught').length, 0);
});

test('what Kafka keeps for a flow waits for the broker in its order, though more than the publisher holds', async (t) => {
  const many = 52_000;
  const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, ...NO_LIMITS]);
  const topic = await freshTopic(kafkaBrokers());
  const producer = new KafkaProducer({ connection: { brokers: kafkaBrokers() } });
  producer.start();
  await Promise.all(Array.from({ length: many }, (_, n) => producer.send({ topic, value: `{"n":${n}}` })));
  await producer.close();
  const far = await foreignSubscriber(t, broker.url, topic);
  const { hostname, port } = new URL(broker.url);
  broker.signal('SIGSTOP');
  const types = ['kafka-twin-cluster', 'mqtt-twin-broker', 'kafka-twin-read', 'mqtt-twin-write', 'catch'];
  const runtime = await Runtime.start(t, types, [
    { id: 'f', type: 'tab' },
    { id: 'k', type: 'kafka-twin-cluster', brokers: kafkaBrokers().join(',') },
    { id: 'b', type: 'mqtt-twin-broker', host: hostname, port },
    {
      ...{ id: 'r', type: 'kafka-twin-read', z: 'f', x: 1, y: 1, cluster: 'k', topics: topic, mode: 'group' },
      ...{ groupId: freshName('group'), from: 'earliest', window: 100_000, wires: [['w']] },
    },
    { id: 'w', type: 'mqtt-twin-write', z: 'f', x: 1, y: 1, broker: 'b', topic, stamp: false, wires: [] },
    { id: 'catch', type: 'catch', z: 'f', x: 1, y: 1, wires: [['caught']] },
    { id: 'caught', type: 'recorder', z: 'f', x: 1, y: 1 },
  ]);
  let received = 0;
  runtime.node('w').on('input', (_message, _send, done) => {
    received++;
    done();
  });
  await until(() => received === many, 60_000, 'all in the flow');
  broker.signal('SIGCONT');
  await far.reach(many);
  assert.equal(runtime.recorded('caught').length, 0);
  const numbers = far.payloads.map((bytes) => (JSON.parse(bytes.toString()) as { n: number }).n);
  assert.deepEqual(
    [...new Set(numbers)],
    Array.from({ length: many }, (_, n) => n),
  );
});
