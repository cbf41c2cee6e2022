import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { KafkaAdmin } from '../../lib/kafka/kafka-admin';
import { KafkaProducer } from '../../lib/kafka/kafka-producer';
import { freshName, freshTopic } from '../support/fresh-topic';
import { consoleProduce } from '../support/kafka-console';
import { OwnKafka } from '../support/own-kafka';
import { Runtime } from '../support/runtime';
import { kafkaBrokers } from '../support/servers';
import { produceUndecodable } from '../support/undecodable-batch';
import { until } from '../support/until';

interface Reading {
  readonly n: number;
}

function load(
  t: TestContext,
  brokers: readonly string[],
  topics: string,
  more: Record<string, unknown> = {},
  out = 'recorder',
) {
  const flow = [
    { id: 'f', type: 'tab' },
    { id: 'c', type: 'kafka-twin-cluster', brokers: brokers.join(',') },
    {
      ...{ id: 'r', type: 'kafka-twin-read', z: 'f', cluster: 'c', topics, rejectedOutput: true, outputs: 2 },
      ...{ wires: [['out'], ['bad']] },
      ...more,
    },
    { id: 'out', type: out, z: 'f', name: 'slow sink' },
    { id: 'bad', type: 'recorder', z: 'f' },
  ];
  return Runtime.start(t, ['kafka-twin-cluster', 'kafka-twin-read'], flow);
}

function startProducer(t: TestContext, brokers: readonly string[]): KafkaProducer {
  const producer = new KafkaProducer({ connection: { brokers } });
  t.after(() => producer.close(0));
  producer.start();
  return producer;
}

const numbers = (runtime: Runtime): number[] => runtime.recorded('out').map(({ payload }) => (payload as Reading).n);

it('waits for a broker that is not there, reads when it is, and goes on after it was killed', async (t) => {
  const broker = await OwnKafka.prepare(t);
  const { brokers } = broker;
  const runtime = await load(t, brokers, 'readings');
  await runtime.status('r', /common.status.waiting/);
  await broker.restart();
  const producer = startProducer(t, brokers);
  await producer.send({ topic: 'readings', value: '{"n": 1.0}' });
  await until(() => numbers(runtime).length === 1, 20_000, 'the first reading');
  await broker.kill();
  await runtime.status('r', /common.status.waiting/);
  const second = producer.send({ topic: 'readings', value: '{"n": 2.0}' });
  await broker.restart();
  await second;
  await until(() => numbers(runtime).length === 2, 20_000, 'the second reading');
  assert.deepEqual(numbers(runtime), [1, 2]);
  const lines = runtime.log().filter(([level, text]) => level <= 30 && text.includes('127.0.0.1'));
  assert.ok(lines.length <= 4, JSON.stringify(lines));
  for (const [, text] of lines) assert.doesNotMatch(text, /\n\s+at /);
});

it('sends what cannot be decoded to the rejected output, and reads on', async (t) => {
  const topic = await freshTopic(kafkaBrokers());
  await produceUndecodable(kafkaBrokers(), topic, 2);
  await consoleProduce(kafkaBrokers(), topic, ['{"n": 3.0}']);
  const runtime = await load(t, kafkaBrokers(), topic);
  await until(() => numbers(runtime).includes(3), 20_000, 'the reading behind');
  const [bad, ...more] = runtime.recorded('bad');
  assert.deepEqual(more, []);
  assert.equal(bad?.error?.code, 'KAFKA_BATCH_UNREADABLE');
  assert.match(bad.error.message, /2 records skipped.*lz4/);
  assert.deepEqual([bad['topic'], bad['partition'], bad['offset']], [topic, 0, 1]);
});

it('stops reading while the window is full, names who holds it, and closes at once without losing anything', async (t) => {
  const topic = await freshTopic(kafkaBrokers());
  const groupId = freshName('group');
  const producer = startProducer(t, kafkaBrokers());
  const runtime = await load(t, kafkaBrokers(), topic, { groupId, window: 10 }, 'helper');
  const held = runtime.holdAll('out');
  await Promise.all(Array.from({ length: 50 }, (_, n) => producer.send({ topic, value: `{"n": ${n}.0}` })));
  const status = await runtime.status('r', /status\.held/);
  assert.equal(status.fill, 'blue');
  await until(() => held.length === 10, 5_000, 'ten messages');
  held.slice(0, 3).forEach(({ done }) => done());
  await until(() => held.length === 13, 10_000, 'three more');
  const began = performance.now();
  await runtime.unload();
  assert.ok(performance.now() - began < 5_000);
  const admin = new KafkaAdmin({ brokers: kafkaBrokers() });
  t.after(() => admin.close());
  assert.equal((await admin.committedOffsets(groupId, topic)).get(0), 3n);
});
