import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { KafkaAdmin } from '../../../lib/kafka/kafka-admin';
import { freshName, freshTopic } from '../../support/fresh-topic';
import { seededRandom } from '../../support/seeded-random';
import { consoleConsume } from '../../support/kafka-console';
import { kafkaBrokers } from '../../support/servers';
import { until } from '../../support/until';
import { expected, fill, GroupReader, type ReaderOptions, startProducer, watchCommits } from './group-reader';

interface GroupJoined {
  readonly groupProtocol: string;
  readonly memberAssignment: Readonly<Record<string, readonly number[]>>;
}

describe('KafkaConsumer in a group', () => {
  it('shares the partitions with a second member, and takes them back when that one leaves', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 4);
    const groupId = freshName('group');
    const random = seededRandom(2);
    const late = (settle: () => void) => void setTimeout(settle, random() * 1_000);
    const commits = watchCommits(t, groupId, topic);
    const kafka = startProducer(t);
    const first = new GroupReader(t, { topics: [topic], groupId }, late);
    await first.joined();
    let sent = 0;
    const flow = setInterval(() => {
      for (let i = 0; i < 20; i++) void kafka.send({ topic, key: `key ${i}`, value: `v${sent++}` });
    }, 20);
    t.after(() => clearInterval(flow));
    await pause(1_500);
    const second = new GroupReader(t, { topics: [topic], groupId }, late);
    await second.has(500);
    await second.consumer.close();
    await pause(1_500);
    clearInterval(flow);
    const all = expected(sent);
    const got = () => new Set([...first.values, ...second.values]);
    await until(() => got().size === all.size, 20_000, 'all records');
    await commits.complete();
    assert.deepEqual(got(), all);
    assert.deepEqual(commits.stepsBack, []);
  });

  it('keeps what is in flight over rebalances for the partitions that stay', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 8);
    const groupId = freshName('group');
    const commits = watchCommits(t, groupId, topic);
    await fill(t, topic, 400);
    const first = new GroupReader(t, { topics: [topic], groupId }, () => undefined);
    const settles: (() => void)[] = [];
    const times = new Map<string, number>();
    const partitions = new Map<string, number>();
    first.consumer.on('delivery', ({ records, settle }) => {
      settles.push(settle);
      for (const { value, partition } of records) {
        times.set(String(value), (times.get(String(value)) ?? 0) + 1);
        partitions.set(String(value), partition);
      }
    });
    await first.has(400);
    const second = new GroupReader(t, { topics: [topic], groupId }, () => undefined);
    const moved = new Set<number>();
    second.consumer.on('delivery', ({ records }) => records.forEach(({ partition }) => moved.add(partition)));
    await second.has(1);
    await second.consumer.close(0);
    await fill(t, topic, 17, 400);
    await until(
      () =>
        times.size === 417 &&
        [...partitions].every(
          ([value, partition]) => !moved.has(partition) || Number(value.slice(1)) >= 400 || times.get(value) === 2,
        ),
      20_000,
      'records of the partitions that came back',
    );
    assert.ok(moved.size > 0 && moved.size < 8, `some partitions moved: ${[...moved].join(', ')}`);
    for (const [value, partition] of partitions) {
      if (!moved.has(partition)) assert.equal(times.get(value), 1, `${value} of partition ${partition}, which stayed`);
    }
    settles.forEach((settle) => settle());
    await commits.complete();
    assert.deepEqual(commits.stepsBack, []);
  });

  it('moves no partition between two members while a third comes and goes', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 8);
    const member: ReaderOptions = { topics: [topic], groupId: freshName('group') };
    const producer = startProducer(t);
    /** Who reads each partition now: shown by one record in each. */
    const ownersNow = async (phase: string, readers: readonly GroupReader[]): Promise<(GroupReader | undefined)[]> => {
      const values = Array.from({ length: 8 }, (_, partition) => `${phase} ${partition}`);
      await Promise.all(values.map((value, partition) => producer.send({ topic, partition, value })));
      const owners = () => values.map((value) => readers.find((reader) => reader.values.includes(value)));
      await until(() => owners().every((owner) => owner), 20_000, `all of ${phase}`);
      return owners();
    };
    const first = new GroupReader(t, member);
    await first.joined();
    const second = new GroupReader(t, member);
    await second.joined();
    const before = await ownersNow('before', [first, second]);
    assert.equal(before.filter((owner) => owner === first).length, 4);
    const third = new GroupReader(t, member);
    await third.joined();
    const during = await ownersNow('during', [first, second, third]);
    for (const [partition, owner] of during.entries()) {
      assert.ok(owner === third || owner === before[partition], `partition ${partition} changed hands`);
    }
    await third.consumer.close();
    const after = await ownersNow('after', [first, second]);
    for (const [partition, owner] of after.entries()) {
      assert.ok(during[partition] === third || owner === during[partition], `partition ${partition} changed hands`);
    }
  });

  it('shares with a program that knows only the round robin of kafkajs', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 4);
    const groupId = freshName('group');
    const ours = new GroupReader(t, { topics: [topic], groupId });
    await ours.joined();
    const foreign = new Kafka({ brokers: kafkaBrokers(), logLevel: logLevel.NOTHING }).consumer({ groupId });
    t.after(() => foreign.disconnect());
    await foreign.connect();
    await foreign.subscribe({ topic, fromBeginning: true });
    const joined = new Promise<GroupJoined>((resolve) => {
      foreign.on(foreign.events.GROUP_JOIN, ({ payload }) => resolve(payload));
    });
    const theirs: string[] = [];
    await foreign.run({ eachMessage: ({ message }) => Promise.resolve(void theirs.push(String(message.value))) });
    const { groupProtocol, memberAssignment } = await joined;
    assert.equal(groupProtocol, 'RoundRobinAssigner');
    assert.equal(memberAssignment[topic]?.length, 2);
    const producer = startProducer(t);
    const values = Array.from({ length: 40 }, (_, n) => `v${n}`);
    await Promise.all(values.map((value, n) => producer.send({ topic, partition: n % 4, value })));
    await until(() => ours.values.length + theirs.length >= 40, 20_000, 'all records');
    assert.deepEqual([...ours.values, ...theirs].sort(), [...values].sort());
    assert.equal(theirs.length, 20);
  });

  it("shares with Kafka's own consumer, which knows other assignors", async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 2);
    const groupId = freshName('group');
    const ours = new GroupReader(t, { topics: [topic], groupId });
    await ours.joined();
    const theirs = consoleConsume(t, kafkaBrokers(), topic, 20, [], ['--group', groupId]);
    const producer = startProducer(t);
    let sent = 0;
    const flow = setInterval(() => {
      for (const partition of [0, 1]) void producer.send({ topic, partition, value: `${partition} ${sent++}` });
    }, 50);
    t.after(() => clearInterval(flow));
    const shown = (await theirs).map(String);
    clearInterval(flow);
    assert.equal(new Set(shown.map((value) => value[0])).size, 1, 'the records of one partition');
    const got = () => new Set([...shown, ...ours.values.map(String)]);
    await until(() => got().size === sent, 20_000, 'all records');
  });

  it('shows every record to every display of one group, from now on, and leaves no group behind', async (t) => {
    const topic = await freshTopic(kafkaBrokers(), 3);
    const groupId = freshName('display');
    await fill(t, topic, 10);
    const display: ReaderOptions = {
      topics: [topic],
      groupId,
      from: 'latest',
      commitEveryMs: false,
      deleteGroupOnClose: true,
    };
    const first = new GroupReader(t, display);
    await first.joined();
    const second = new GroupReader(t, display);
    await second.joined();
    await pause(1_500);
    await fill(t, topic, 300, 10);
    await Promise.all([first.has(300), second.has(300)]);
    await second.consumer.close();
    await fill(t, topic, 5, 310);
    await first.has(305);
    assert.deepEqual([first.values.length, second.values.length], [305, 300]);
    assert.equal(first.lag, 0);
    await first.consumer.close();
    const admin = new KafkaAdmin({ brokers: kafkaBrokers() });
    t.after(() => admin.close());
    await assert.rejects(admin.deleteGroup(groupId), 'it is gone already');
  });
});
