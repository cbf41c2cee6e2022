import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { KafkaAdmin } from '../../lib/kafka/kafka-admin';
import { consoleConsume } from '../support/kafka-console';
import { Runtime } from '../support/runtime';
import { kafkaBrokers } from '../support/servers';

const TYPES = ['kafka-twin-cluster', 'kafka-twin-write', 'catch'];

/** A topic of its own, and a flow whose node `w` writes to it, with recorders on its outputs and on catch. */
async function start(t: TestContext, write: Record<string, unknown> = {}, outputs = true) {
  const topic = `write-${randomUUID()}`;
  const admin = new KafkaAdmin({ brokers: kafkaBrokers() });
  await admin.createTopic({ topic, partitions: 1 });
  await admin.close();
  const runtime = await Runtime.start(t, TYPES, [
    { id: 'f', type: 'tab' },
    { id: 'c', type: 'kafka-twin-cluster', brokers: kafkaBrokers().join(',') },
    {
      ...{ id: 'w', type: 'kafka-twin-write', z: 'f', x: 1, y: 1, cluster: 'c', topic },
      ...(outputs && { acceptedOutput: true, rejectedOutput: true, wires: [['accepted'], ['rejected']] }),
      ...write,
    },
    { id: 'accepted', type: 'helper', z: 'f', x: 1, y: 1 },
    { id: 'rejected', type: 'helper', z: 'f', x: 1, y: 1 },
    { id: 'catch', type: 'catch', z: 'f', x: 1, y: 1, wires: [['caught']] },
    { id: 'caught', type: 'helper', z: 'f', x: 1, y: 1 },
  ]);
  return { runtime, topic };
}

const consume = async (t: TestContext, topic: string, count: number): Promise<string[]> =>
  (await consoleConsume(t, kafkaBrokers(), topic, count, ['print.key=true', 'print.headers=true'])).map(String);

test('another client sees exactly the JSON of the wire, keyed by the source; the message learns its place', async (t) => {
  const { runtime, topic } = await start(t);
  const accepted = runtime.next('accepted');
  const payload = { 'Ambient Temperature': 23, Source: 'north', Sequence: 7 };
  runtime.send('w', { payload, other: 'kept' });
  const message = await accepted;
  assert.deepEqual([message['partition'], message['offset'], message['other']], [0, 0, 'kept']);
  assert.deepEqual(message['payload'], payload);
  assert.equal(message['spooled'], undefined);
  assert.deepEqual(await consume(t, topic, 1), [
    'NO_HEADERS\tnorth\t{"Ambient Temperature": 23.0, "Source": "north", "Sequence": 7}',
  ]);
});

test('a batch becomes one record each, in order; what cannot be one is rejected alone, with its reason', async (t) => {
  const { runtime, topic } = await start(t, { key: 'none' });
  const [rejected, accepted] = [runtime.collect('rejected', 3), runtime.next('accepted')];
  runtime.send('w', { payload: [{ a: 1 }, { a: NaN }, { a: 2 }, 5, 'raw text', null] });
  assert.deepEqual(
    (await rejected).map(({ error }) => error?.code),
    ['READING_NOT_A_NUMBER', 'READING_NOT_AN_OBJECT', 'READING_NOT_AN_OBJECT'],
  );
  const message = await accepted;
  assert.deepEqual(message['payload'], [{ a: 1 }, { a: 2 }, 'raw text']);
  assert.deepEqual(
    [message['partition'], message['offset']],
    [
      [0, 0, 0],
      [0, 1, 2],
    ],
  );
  assert.deepEqual(
    (await consume(t, topic, 3)).map((line) => line.split('\t')[2]),
    ['{"a": 1.0}', '{"a": 2.0}', 'raw text'],
  );
});

test('topic, key and headers come from the message where the node says so', async (t) => {
  const headers = [{ name: 'site', value: 'north' }];
  const { runtime, topic } = await start(t, { topic: '', key: 'message', headers, messageHeaders: true });
  const [rejected, accepted] = [runtime.next('rejected'), runtime.next('accepted')];
  runtime.send('w', { payload: { a: 1 } });
  assert.equal((await rejected).error?.code, 'MESSAGE_PROPERTY');
  runtime.send('w', { topic, key: 12, headers: { trace: 'x1', site: 'south' }, payload: Buffer.from('{"a":1}') });
  await accepted;
  assert.deepEqual(await consume(t, topic, 1), ['trace:x1,site:north\t12\t{"a":1}']);
});

test('the topic comes from the reading; one that names no topic is rejected alone', async (t) => {
  const { runtime, topic } = await start(t, { topic: '{Line}' });
  const rejected = runtime.next('rejected');
  const accepted = runtime.next('accepted');
  runtime.send('w', { payload: [{ Line: 'a/b' }, { Line: topic }] });
  assert.equal((await rejected).error?.code, 'KAFKA_TOPIC_INVALID');
  await accepted;
  assert.equal((await consume(t, topic, 1)).length, 1);
});

test('what cannot be written reaches catch nodes where nothing is wired to the rejected output', async (t) => {
  const { runtime } = await start(t, {}, false);
  const caught = runtime.next('caught');
  runtime.send('w', { payload: 5 });
  assert.match((await caught).error!.message, /only a reading .* got number/);
});

test('a topic that never can be one is one error, and what is sent is refused in the same words', async (t) => {
  const { runtime } = await start(t, { topic: 'a b' });
  const caught = runtime.next('caught');
  runtime.send('w', { payload: { a: 1 } });
  assert.match((await caught).error!.message, /"a b" is no valid topic/);
});
