import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { freshName, freshTopic } from '../../support/fresh-topic';
import { consoleConsume } from '../../support/kafka-console';
import { OwnKafka } from '../../support/own-kafka';
import { seededRandom } from '../../support/seeded-random';
import { until } from '../../support/until';
import { expected, GroupReader, startProducer, watchCommits } from './group-reader';

describe('A broker that is killed while 200 records/s flow', () => {
  it('costs nothing: all arrive, the order of each key is kept, the committed offset never goes back', async (t) => {
    const broker = await OwnKafka.start(t);
    const { brokers } = broker;
    const topic = await freshTopic(brokers, 3);
    const groupId = freshName('group');
    const random = seededRandom(3);
    const reader = new GroupReader(t, { connection: { brokers }, topics: [topic], groupId }, (settle) =>
      setTimeout(settle, random() * 300),
    );
    const producer = startProducer(t, brokers);
    const states: string[] = [];
    producer.on('state', ({ state }) => states.push(state));
    await reader.joined();

    const sends: Promise<unknown>[] = [];
    const flow = setInterval(() => {
      for (let i = 0; i < 4; i++) {
        sends.push(producer.send({ topic, key: `key ${sends.length % 5}`, value: `v${sends.length}` }));
      }
    }, 20);
    t.after(() => clearInterval(flow));
    await pause(2_000);
    await broker.kill();
    await until(() => reader.state === 'waiting' && states.at(-1) === 'waiting', 5_000, 'both say that they wait');
    await pause(3_000);
    await broker.restart();
    const commits = watchCommits(t, groupId, topic, brokers);
    await pause(2_000);
    clearInterval(flow);

    await Promise.all(sends);
    const all = expected(sends.length);
    await until(() => new Set(reader.values).size === all.size, 15_000, 'all records at the far end');
    assert.deepEqual(new Set(reader.values), all);
    await commits.complete();
    assert.deepEqual(commits.stepsBack, []);
    assert.equal(reader.state, 'connected');
    assert.equal(states.at(-1), 'connected');

    const stored = (await consoleConsume(t, brokers, topic, sends.length)).map(String);
    assert.ok(stored.length >= sends.length);
    const firstSeen = reader.values.filter((value, index) => reader.values.indexOf(value) === index);
    for (let key = 0; key < 5; key++) {
      const numbers = firstSeen.map((value) => Number(value.slice(1))).filter((number) => number % 5 === key);
      assert.deepEqual(
        numbers,
        [...numbers].sort((a, b) => a - b),
        `order of key ${key}`,
      );
    }
  });
});
