import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { KafkaAdmin } from '../../../lib/kafka/kafka-admin';
import type { RecordPosition } from '../../../lib/kafka/kafka-record';
import { probeKafka } from '../../../lib/kafka/kafka-probe';
import { freshName, freshTopic } from '../../support/fresh-topic';
import { OwnKafkaCluster } from '../../support/own-kafka-cluster';
import { until } from '../../support/until';
import { GroupReader, startProducer } from './group-reader';

const PARTITIONS = 3;
/** Less than the request timeout, for which nothing would arrive if a hung broker held all up. */
const DELIVERED_MS = 25_000;

test('A cluster of three brokers', { timeout: 300_000 }, async (t) => {
  const cluster = await OwnKafkaCluster.start(t);
  const wake = (ids: readonly number[]): void => ids.forEach((id) => cluster.node(id).signal('SIGCONT'));
  const hang = (t: TestContext, ids: readonly number[]): void => {
    t.after(() => wake(ids));
    ids.forEach((id) => cluster.node(id).signal('SIGSTOP'));
  };

  await t.test('is found, tested, written and read while the first of its addresses is down', async (t) => {
    const [first = 0] = cluster.ids;
    await cluster.node(first).kill();
    await cluster.withoutNode(first);
    const { brokers } = cluster;
    const { description } = await probeKafka({ brokers }, 8_000);
    assert.match(description, /, 2 brokers, controller /);
    const flow = await Flow.start(t, cluster);
    await flow.goesOn();
    await cluster.node(first).restart();
    await cluster.allInSync();
    await flow.end();
  });

  await t.test(
    'may move its leaders under load: no record is lost or read twice, each key keeps its order',
    async (t) => {
      const flow = await Flow.start(t, cluster);
      await flow.goesOn();
      for (let turn = 0; turn < 3; turn++) {
        for (let partition = 0; partition < PARTITIONS; partition++) {
          const leader = await cluster.leaderOf(flow.topic, partition);
          const others = cluster.ids.filter((id) => id !== leader);
          await cluster.reassign(flow.topic, others, partition);
          await cluster.reassign(flow.topic, [...others, leader], partition);
        }
        await flow.goesOn();
      }
      await flow.end();
      // A leader that goes while it waits for its followers does not say that they have got a record: it may be there
      // twice.
      assert.equal(flow.reader.values.length, await flow.written());
    },
  );

  await t.test('holds up nothing but what is in a partition that nobody leads', async (t) => {
    const { brokers } = cluster;
    const [last = 0, ...others] = [...cluster.ids].reverse();
    const settings = { 'min.insync.replicas': '1' };
    const [alone, used, unused] = [
      await freshTopic(brokers, 1, settings),
      await freshTopic(brokers),
      await freshTopic(brokers),
    ];
    t.after(async () => {
      const admin = new KafkaAdmin({ brokers });
      await admin.deleteTopic(alone).finally(() => admin.close());
    });
    await cluster.reassign(alone, [last], 0);
    const addresses = others.flatMap((id) => cluster.node(id).brokers);
    const producer = startProducer(t, addresses);
    const blamed = new Set<unknown>();
    producer.on('state', ({ error }) => error && blamed.add(error.facts['topic']));
    for (const topic of [alone, used]) await producer.send({ topic, value: 'before' });
    await cluster.node(last).kill();
    let isUp = false;
    const restart = async (): Promise<void> => {
      if (!isUp) await cluster.node(last).restart();
      isUp = true;
    };
    t.after(restart);
    // Until the others miss it, it may be asked.
    const described = (): Promise<string> =>
      probeKafka({ brokers: addresses }, 8_000).then(
        ({ description }) => description,
        () => '',
      );
    const isOfTwo = async (): Promise<boolean> => (await described()).includes(', 2 brokers, controller ');
    await until(isOfTwo, 60_000, 'a cluster of two, also with a topic that nobody leads');
    const waiting = producer.send({ topic: alone, value: 'waits' });
    await until(() => blamed.has(alone), 30_000, 'a complaint about the partition without a leader');
    for (const topic of [used, unused]) {
      for (let i = 0; i < 20; i++) await producer.send({ topic, value: `${i}` });
    }
    await restart();
    assert.deepEqual(await waiting, { partition: 0, offset: '1' });
    await cluster.allInSync();
    assert.ok(!blamed.has(unused));
  });

  await t.test('goes on while the leader of a partition hangs', async (t) => {
    const flow = await Flow.start(t, cluster);
    await flow.goesOn();
    const leader = await cluster.leaderOf(flow.topic);
    hang(t, [leader]);
    await flow.goesOn();
    const hung = cluster.node(leader).brokers;
    const { description } = await probeKafka({ brokers: [...hung, ...cluster.brokers] }, 8_000);
    assert.match(description, /, 2 brokers, /);
    wake([leader]);
    await cluster.allInSync();
    await flow.end();
  });

  await t.test('goes on while the coordinator of the group hangs, and what was read is committed', async (t) => {
    const flow = await Flow.start(t, cluster);
    await flow.goesOn();
    const coordinator = await cluster.coordinatorOf(flow.groupId);
    hang(t, [coordinator]);
    await flow.goesOn();
    flow.pause();
    await flow.delivers();
    await flow.committed();
    wake([coordinator]);
    await cluster.allInSync();
    await flow.end();
  });

  await t.test('is waited for when no majority is left that could replace brokers that hang', async (t) => {
    const flow = await Flow.start(t, cluster);
    await flow.goesOn();
    const hung = cluster.ids.slice(1);
    hang(t, hung);
    flow.told.length = 0;
    await until(
      () => flow.told.includes('KAFKA_SILENT') || flow.told.includes('KAFKA_TIMEOUT'),
      40_000,
      'silence is told',
    );
    assert.ok(!flow.told.includes('KAFKA_BROKER_LOST'), flow.told.join());
    wake(hung);
    await cluster.allInSync();
    await flow.goesOn();
    await flow.end();
  });
});

/** Records that flow through a topic of the cluster: 200/s, each with one of 17 keys. */
class Flow {
  readonly groupId = freshName('group');
  readonly reader: GroupReader;
  /** Codes of what producer and consumer told. */
  readonly told: string[] = [];
  readonly #sends: Promise<RecordPosition>[] = [];
  readonly #timer: NodeJS.Timeout;

  private constructor(
    t: TestContext,
    private readonly brokers: string[],
    readonly topic: string,
  ) {
    this.reader = new GroupReader(t, { connection: { brokers }, topics: [topic], groupId: this.groupId });
    const producer = startProducer(t, brokers);
    for (const end of [this.reader.consumer, producer])
      end.on('state', ({ error }) => error && this.told.push(error.code));
    this.#timer = setInterval(() => {
      for (let i = 0; i < 4; i++) {
        const value = this.#sends.length;
        this.#sends.push(producer.send({ topic, key: `key ${value % 17}`, value: `v${value}` }));
      }
    }, 20);
    t.after(() => this.pause());
  }

  static async start(t: TestContext, { brokers }: OwnKafkaCluster): Promise<Flow> {
    const flow = new Flow(t, brokers, await freshTopic(brokers, PARTITIONS));
    await flow.reader.joined();
    return flow;
  }

  get sent(): number {
    return this.#sends.length;
  }

  pause(): void {
    clearInterval(this.#timer);
  }

  /** Resolves once more has been sent, and all of that was read. */
  async goesOn(): Promise<void> {
    const enough = this.sent + 100;
    await until(() => this.sent >= enough, DELIVERED_MS, 'more to be sent');
    await this.delivers();
  }

  /** Resolves once all that was sent by now has been read. */
  async delivers(): Promise<void> {
    const { sent } = this;
    await until(() => new Set(this.reader.values).size >= sent, DELIVERED_MS, `${sent} records`);
  }

  /** Resolves once the group has committed all that was written. */
  async committed(): Promise<void> {
    const all = async (): Promise<boolean> => {
      const offsets = await this.#ask((admin) => admin.committedOffsets(this.groupId, this.topic));
      return sum(offsets) === (await this.written());
    };
    await until(all, DELIVERED_MS, 'all records committed');
  }

  /** How many records the topic has. */
  async written(): Promise<number> {
    return sum(await this.#ask((admin) => admin.endOffsets(this.topic)));
  }

  /** Sends no more; all must have arrived, and each key in its order. */
  async end(): Promise<void> {
    this.pause();
    await Promise.all(this.#sends);
    await this.delivers();
    // For a second arrival to show.
    await pause(500);
    const first = [...new Set(this.reader.values)].map((value) => Number(value.slice(1)));
    assert.equal(first.length, this.sent);
    for (let key = 0; key < 17; key++) {
      const numbers = first.filter((number) => number % 17 === key);
      assert.deepEqual(
        numbers,
        [...numbers].sort((a, b) => a - b),
        `order of key ${key}`,
      );
    }
  }

  async #ask<T>(question: (admin: KafkaAdmin) => Promise<T>): Promise<T> {
    const admin = new KafkaAdmin({ brokers: this.brokers });
    try {
      return await question(admin);
    } finally {
      await admin.close();
    }
  }
}

const sum = (offsets: ReadonlyMap<number, bigint>): number =>
  [...offsets.values()].reduce((total, offset) => total + Number(offset), 0);
