import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, it } from 'node:test';
import { Kafka, logLevel } from 'kafkajs';
import { KafkaAdmin } from '../../lib/kafka/kafka-admin';
import { KafkaProducer } from '../../lib/kafka/kafka-producer';
import { Runtime } from '../support/runtime';
import { kafkaBrokers } from '../support/servers';
import { until } from '../support/until';

interface Setup {
  readonly topic: string;
  readonly send: (...values: (string | null)[]) => Promise<unknown>;
}

async function setup(context: TestContext): Promise<Setup> {
  const topic = `read-${randomUUID()}`;
  const admin = new KafkaAdmin({ brokers: kafkaBrokers() });
  await admin.createTopic({ topic, partitions: 1 });
  await admin.close();
  const producer = new KafkaProducer({ connection: { brokers: kafkaBrokers() } });
  producer.start();
  context.after(() => producer.close());
  const send = (...values: (string | null)[]): Promise<unknown> =>
    Promise.all(values.map((value) => producer.send({ topic, key: 'k', value, headers: { origin: 'test' } })));
  return { topic, send };
}

const flow = (topic: string, more: Record<string, unknown> = {}): Parameters<typeof Runtime.start>[2] => [
  { id: 'f', type: 'tab' },
  { id: 'c', type: 'kafka-twin-cluster', brokers: kafkaBrokers().join(',') },
  {
    ...{ id: 'r', type: 'kafka-twin-read', z: 'f', cluster: 'c', topics: topic, rejectedOutput: true, outputs: 2 },
    ...{ wires: [['out'], ['bad']] },
    ...more,
  },
  { id: 'out', type: 'helper', z: 'f' },
  { id: 'bad', type: 'helper', z: 'f' },
];
const types = ['kafka-twin-cluster', 'kafka-twin-read'];

it('delivers every record as a reading, with its place and the time of receipt', async (context) => {
  const { topic, send } = await setup(context);
  const runtime = await Runtime.start(context, types, flow(topic));
  const next = runtime.next('out');
  const before = Date.now();
  await send('{"Ambient Temperature": 23.0, "x": "ü"}');
  const { payload, ...rest } = await next;
  const { Kafka_Timestamp: stamp, ...reading } = payload as Record<string, unknown>;
  assert.deepEqual(reading, { 'Ambient Temperature': 23, x: 'ü' });
  assert.ok((stamp as number) >= before && (stamp as number) <= Date.now());
  assert.deepEqual(
    [rest['topic'], rest['key'], rest['partition'], rest['offset'], rest['headers']],
    [topic, 'k', 0, 0, { origin: 'test' }],
  );
});

it('a malformed record costs exactly itself', async (context) => {
  const { topic, send } = await setup(context);
  const runtime = await Runtime.start(context, types, flow(topic));
  const arrivals = Promise.all([runtime.collect('out', 2), runtime.collect('bad', 4)]);
  await send('{"a": 1.5}', '{"a": NaN}', 'no json', null, '[1]', '{"a": 2.5}');
  const [good, bad] = await arrivals;
  assert.deepEqual(
    good.map(({ payload }) => (payload as { a: number }).a),
    [1.5, 2.5],
  );
  assert.deepEqual(
    bad.map((message) => message['offset']),
    [1, 2, 3, 4],
  );
  for (const { error } of bad) assert.match(error?.message ?? '', new RegExp(`record ${topic}/0/\\d`));
});

it('a batch is one message', async (context) => {
  const { topic, send } = await setup(context);
  const runtime = await Runtime.start(context, types, flow(topic, { deliver: 'batch', stamp: false }));
  const messages = runtime.record('out');
  await send(...Array.from({ length: 500 }, (_, n) => `{"n": ${n}.0}`));
  const readings = (): unknown[] => messages.flatMap(({ payload }) => payload as unknown[]);
  await until(() => readings().length === 500, 15_000, '500 readings');
  assert.deepEqual(
    readings(),
    Array.from({ length: 500 }, (_, n) => ({ n })),
  );
  assert.ok(messages.length < 100, `${messages.length} messages`);
});

it('what the flow has not finished with comes again; what it has does not', async (context) => {
  const { topic, send } = await setup(context);
  const groupId = `g-${randomUUID()}`;
  const runtime = await Runtime.start(context, types, flow(topic, { groupId }));
  // A node that ends the first message and never the second.
  const first = runtime.holdAll('out');
  await send('{"n": 1.0}', '{"n": 2.0}');
  await until(() => first.length === 2, 15_000, 'two readings');
  first[0]!.done();
  const admin = new KafkaAdmin({ brokers: kafkaBrokers() });
  context.after(() => admin.close());
  await until(
    async () => (await admin.committedOffsets(groupId, topic)).get(0) === 1n,
    10_000,
    'the commit of the first',
  );
  await runtime.unload();
  const recording = flow(topic, { groupId }).map((node) => (node.id === 'out' ? { ...node, type: 'recorder' } : node));
  await runtime.load(types, recording);
  await send('{"n": 3.0}');
  const numbers = (): number[] => runtime.recorded('out').map(({ payload }) => (payload as { n: number }).n);
  await until(() => numbers().includes(3), 15_000, 'the third reading');
  assert.deepEqual(numbers(), [2, 3]);
});

it('a display shows what comes from now on, and leaves no group behind', async (context) => {
  const { topic, send } = await setup(context);
  await send('{"n": 1.0}');
  const runtime = await Runtime.start(context, types, flow(topic, { mode: 'display' }));
  const messages = runtime.record('out');
  await runtime.status('r', /status\.lag/);
  await until(
    async () => {
      await send('{"n": 2.0}');
      return messages.length > 0;
    },
    15_000,
    'a reading',
  );
  assert.ok(messages.every(({ payload }) => (payload as { n: number }).n === 2));
  await runtime.unload();
  const admin = new Kafka({ brokers: kafkaBrokers(), logLevel: logLevel.NOTHING }).admin();
  context.after(() => admin.disconnect());
  const { groups } = await admin.listGroups();
  assert.ok(!groups.some(({ groupId }) => groupId === 'twin-display-r'));
});

it('says once that no broker is there, waits, and closes at once', async (context) => {
  const own = flow('t').map((node) =>
    node.type === 'kafka-twin-cluster' ? { ...node, brokers: '127.0.0.1:1' } : node,
  );
  const runtime = await Runtime.start(context, types, own);
  const status = await runtime.status('r', /trouble|waiting/);
  assert.equal(status.fill, 'red');
  const lines = runtime.log().filter(([level, text]) => level <= 30 && text.includes('127.0.0.1:1'));
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines[0]![1], /\n\s+at /);
  const begun = performance.now();
  await runtime.unload();
  assert.ok(performance.now() - begun < 6000);
});

it('Test connection says who is there, or why not', async (context) => {
  const runtime = await Runtime.start(context, types, flow('t'));
  const test = async (brokers: string): Promise<{ ok: boolean; text: string }> => {
    const body = { id: 'c', values: { brokers }, secrets: {} };
    return (await runtime.post('/digital-twin/test/kafka-twin-cluster', body)) as { ok: boolean; text: string };
  };
  const good = await test(kafkaBrokers().join(','));
  assert.ok(good.ok && /Kafka \d/.test(good.text), good.text);
  const bad = await test('127.0.0.1:1');
  assert.ok(!bad.ok && bad.text.includes('127.0.0.1:1'), bad.text);
});
