import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { KafkaAdmin } from '../../../lib/kafka/kafka-admin';
import { KafkaConsumer, type KafkaConsumerOptions } from '../../../lib/kafka/kafka-consumer';
import { KafkaProducer } from '../../../lib/kafka/kafka-producer';
import type { TwinError } from '../../../lib/reading/twin-error';
import { kafkaBrokers } from '../../support/servers';
import { until } from '../../support/until';

export type ReaderOptions = Pick<KafkaConsumerOptions, 'topics' | 'groupId'> & Partial<KafkaConsumerOptions>;

/** A consumer that keeps the values it was given. */
export class GroupReader {
  readonly values: string[] = [];
  readonly settles: (() => void)[] = [];
  readonly consumer: KafkaConsumer;
  state = '';
  lag: number | undefined;

  constructor(t: TestContext, options: ReaderOptions, settle: (settle: () => void) => void = (now) => now()) {
    this.consumer = new KafkaConsumer({ connection: { brokers: kafkaBrokers() }, from: 'earliest', ...options });
    t.after(() => this.consumer.close(0));
    this.consumer.on('state', ({ state }) => (this.state = state));
    this.consumer.on('lag', (lag) => (this.lag = lag));
    this.consumer.on('delivery', ({ records, settle: done }) => {
      for (const { value } of records) this.values.push(String(value));
      settle(done);
    });
    this.consumer.start();
  }

  joined(): Promise<void> {
    return until(() => this.state === 'connected', 20_000, 'join');
  }

  has(count: number): Promise<void> {
    return until(() => this.values.length >= count, 20_000, `${count} records`);
  }
}

export function startProducer(t: TestContext, brokers = kafkaBrokers()): KafkaProducer {
  const started = new KafkaProducer({ connection: { brokers } });
  t.after(() => started.close(0));
  started.start();
  return started;
}

/** Writes `v<from>` and the following, with 17 keys. */
export async function fill(t: TestContext, topic: string, count: number, from = 0): Promise<void> {
  const kafka = startProducer(t);
  await Promise.all(
    Array.from({ length: count }, (_, i) => kafka.send({ topic, key: `key ${i % 17}`, value: `v${from + i}` })),
  );
}

/** The committed offset of a partition was seen to have moved; `ms` is the epoch milliseconds by which it had. */
interface CommitStep {
  readonly partition: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly ms: number;
}

/** The committed offset of each partition, watched for steps back. */
export function watchCommits(t: TestContext, groupId: string, topic: string, brokers = kafkaBrokers()) {
  const admin = new KafkaAdmin({ brokers });
  const highest = new Map<number, bigint>();
  const stepsBack: string[] = [];
  const steps: CommitStep[] = [];
  let over = false;
  let failure: TwinError | undefined;
  const look = async (): Promise<void> => {
    for (const [partition, offset] of await admin.committedOffsets(groupId, topic)) {
      const before = highest.get(partition) ?? 0n;
      if (offset < before) stepsBack.push(`partition ${partition}: ${before} to ${offset}`);
      else if (offset > before) steps.push({ partition, from: before, to: offset, ms: Date.now() });
      highest.set(partition, offset);
    }
  };
  const watched = (async () => {
    while (!over) {
      // A broker that was just restarted may not know its groups yet.
      await look().catch((error: TwinError) => error.retryable || (failure = error));
      await pause(50);
    }
  })();
  t.after(async () => {
    over = true;
    await watched;
    assert.equal(failure, undefined);
    await admin.deleteGroup(groupId).catch(() => undefined);
    await admin.close();
  });
  return {
    stepsBack,
    steps,
    /** Resolves when everything is committed. */
    complete: async (limitMs = 20_000) => {
      const ends = await admin.endOffsets(topic);
      await until(
        () => [...ends].every(([partition, end]) => (highest.get(partition) ?? 0n) === end),
        limitMs,
        'commits',
      );
    },
  };
}

/** `v0` and the following. */
export const expected = (count: number): Set<string> => new Set(Array.from({ length: count }, (_, i) => `v${i}`));
