import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { KafkaConsumer } from '../../../lib/kafka/kafka-consumer';
import { freshName, freshTopic } from '../../support/fresh-topic';
import { seededRandom } from '../../support/seeded-random';
import { kafkaBrokers } from '../../support/servers';
import { until } from '../../support/until';
import { expected, fill, GroupReader, startProducer, watchCommits } from './group-reader';

describe('KafkaConsumer', () => {
  it('commits everything that is settled, in whatever order and however late', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 4);
    const groupId = freshName('group');
    const random = seededRandom(1);
    await fill(t, topic, 10_000);
    const commits = watchCommits(t, groupId, topic);
    const reader = new GroupReader(t, { topics: [topic], groupId, window: 500 }, (settle) =>
      setTimeout(settle, random() * 200),
    );
    await reader.has(10_000);
    await commits.complete();
    assert.deepEqual(new Set(reader.values), expected(10_000));
    assert.equal(reader.values.length, 10_000);
    assert.deepEqual(commits.stepsBack, []);
  });

  it('never has more records open than the window, stays in the group while it is full, and then goes on', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 2);
    await fill(t, topic, 500);
    const held: (() => void)[] = [];
    const sessionTimeoutMs = 6_000;
    const reader = new GroupReader(
      t,
      { topics: [topic], groupId: freshName('group'), window: 100, sessionTimeoutMs },
      (settle) => held.push(settle),
    );
    await reader.has(100);
    // Longer than the group waits for a member that says nothing.
    await pause(sessionTimeoutMs + 2_000);
    assert.equal(reader.values.length, 100);
    assert.equal(reader.state, 'connected');
    while (reader.values.length < 500 || held.length > 0) {
      held.splice(0).forEach((settle) => settle());
      await pause(5);
    }
    assert.equal(reader.values.length, 500, 'nothing comes twice');
    await until(() => reader.lag === 0, 5_000, 'lag 0');
  });

  it('delivers no more than ten windows behind a record that stays open, and goes on once it is settled', async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    await fill(t, topic, 500);
    const held: (() => void)[] = [];
    const reader = new GroupReader(t, { topics: [topic], groupId: freshName('group'), window: 10 }, (settle) =>
      held.length === 0 ? held.push(settle) : settle(),
    );
    await reader.has(100);
    // Long enough for several looks at the window.
    await pause(1_500);
    assert.equal(reader.values.length, 100);
    held[0]?.();
    await reader.has(500);
    assert.equal(reader.values.length, 500, 'nothing comes twice');
    await until(() => reader.lag === 0, 5_000, 'lag 0');
  });

  it('delivers again after a stop what was not settled, and nothing else', async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    const groupId = freshName('group');
    await fill(t, topic, 10);
    const first = new GroupReader(t, { topics: [topic], groupId }, () => undefined);
    first.consumer.on('delivery', ({ records: [record], settle }) => Number(record?.offset) !== 4 && settle());
    await first.has(10);
    await first.consumer.close(0);
    const second = new GroupReader(t, { topics: [topic], groupId });
    await second.has(6);
    await pause(300);
    assert.deepEqual(second.values, ['v4', 'v5', 'v6', 'v7', 'v8', 'v9']);
  });

  it('waits on close for open records, commits them, and leaves the group at once', async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    const groupId = freshName('group');
    await fill(t, topic, 50);
    const commits = watchCommits(t, groupId, topic);
    const first = new GroupReader(t, { topics: [topic], groupId, commitEveryMs: 60_000 }, (settle) =>
      setTimeout(settle, 700),
    );
    await first.has(50);
    const began = performance.now();
    await first.consumer.close(3_000);
    assert.ok(performance.now() - began < 6_000);
    await commits.complete();
    const left = performance.now();
    const second = new GroupReader(t, { topics: [topic], groupId });
    await second.joined();
    assert.ok(performance.now() - left < 9_000, 'a group that waits for a dead member takes the session timeout');
    await pause(500);
    assert.deepEqual(second.values, []);
  });

  it('begins a new group at the end of the topic when told so, as of its first start', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 2);
    const groupId = freshName('group');
    await fill(t, topic, 10);
    const first = new GroupReader(t, { topics: [topic], groupId, from: 'latest' });
    await first.joined();
    await pause(800);
    // Stopped before it has seen a record: what comes now is for its next start.
    await first.consumer.close();
    await fill(t, topic, 5, 10);
    const second = new GroupReader(t, { topics: [topic], groupId, from: 'latest' });
    await second.has(5);
    await pause(300);
    assert.deepEqual(first.values, []);
    assert.deepEqual(new Set(second.values), new Set(['v10', 'v11', 'v12', 'v13', 'v14']));
  });

  it('delivers a record with a null value, and goes on', async (t) => {
    const topic = await freshTopic(kafkaBrokers());
    const kafka = startProducer(t);
    await kafka.send({ topic, key: 'k', value: null });
    await kafka.send({ topic, key: 'k', value: 'after' });
    const reader = new GroupReader(t, { topics: [topic], groupId: freshName('group'), deleteGroupOnClose: true });
    await reader.has(2);
    assert.deepEqual(reader.values, ['null', 'after']);
  });

  it('delivers batches of one partition, no larger than the window, with one settle for all', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 2);
    const groupId = freshName('group');
    await fill(t, topic, 1_000);
    const commits = watchCommits(t, groupId, topic);
    const reader = new GroupReader(t, { topics: [topic], groupId, window: 200, deliver: 'batch' });
    const sizes: number[] = [];
    reader.consumer.on('delivery', ({ records }) => {
      assert.equal(new Set(records.map(({ partition }) => partition)).size, 1);
      sizes.push(records.length);
    });
    await reader.has(1_000);
    await commits.complete();
    assert.ok(Math.max(...sizes) <= 200 && sizes.length < 50, `sizes ${sizes.join(', ')}`);
  });

  it('waits for a topic that does not exist yet and a broker that is not there', async () => {
    const consumer = new KafkaConsumer({
      connection: { brokers: ['127.0.0.1:1'] },
      topics: ['any'],
      groupId: 'any',
      from: 'latest',
    });
    const error = new Promise((resolve) =>
      consumer.on('state', ({ state, error }) => state === 'waiting' && resolve(error)),
    );
    consumer.start();
    assert.match(String(await error), /nothing listens at 127\.0\.0\.1:1/);
    const began = performance.now();
    await consumer.close();
    assert.ok(performance.now() - began < 3_000);
  });

  it('refuses options that can never work', () => {
    const options = { connection: { brokers: ['host:1'] }, topics: ['t'], groupId: 'g', from: 'latest' } as const;
    for (const change of [{ topics: [] }, { groupId: '' }, { connection: { brokers: [] } }]) {
      assert.throws(() => new KafkaConsumer({ ...options, ...change }), { code: 'KAFKA_OPTIONS_INVALID' });
    }
  });
});
