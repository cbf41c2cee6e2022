import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, type Admin, type EachBatchPayload } from 'kafkajs';
import { Backoff } from '../../lib/delivery/backoff';
import { retryForever } from '../../lib/delivery/retry';
import { readingIdentity } from './reading-identity';
import { SequenceTally } from './sequence-tally';
import type { Stage } from './stage';

const TOPIC = 'RealTime_Data';
const RETRY_MS = 1_000;
/** A topic that was made a moment ago is listed before its partitions are led; kafkajs does not ask a second time. */
const OPEN_MS = 30_000;
const OPEN_AGAIN = { minMs: 250, maxMs: 1_000 };
const CLOSE_MS = 3_000;

export interface KafkaStageOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Told of each new reading's way from MQTT to here, in ms. */
  readonly onDelay: (delayMs: number) => void;
  /** Gives up opening. */
  readonly signal: AbortSignal;
}

interface PartitionEnd {
  readonly partition: number;
  readonly high: string;
}

/** What a plain consumer of the cluster sees from now on, held against the topic's own end offsets. */
export class KafkaStage implements Stage {
  readonly name = 'Kafka';
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #groupId = `twin-count-${randomUUID()}`;
  readonly #onDelay: (delayMs: number) => void;
  readonly #tally = new SequenceTally();
  readonly #closing = new AbortController();
  /** By partition, where to read on: at first where the topic ended when the count was opened. */
  readonly #next = new Map<number, bigint>();
  #consuming: Promise<void> | undefined;
  #pending = 0;

  private constructor({ env, onDelay }: KafkaStageOptions) {
    const brokers = (env['KAFKA_BROKERS'] ?? '').split(',');
    this.#kafka = new Kafka({ brokers, clientId: 'twin-count', logLevel: logLevel.NOTHING });
    this.#admin = this.#kafka.admin({ retry: { retries: 1 } });
    this.#onDelay = onDelay;
  }

  /**
   * Takes note of where the topic ends now; what comes after is counted, even when the topic is made later. Rejects
   * when the cluster does not tell, leaving nothing open.
   */
  static async open(options: KafkaStageOptions): Promise<KafkaStage> {
    const stage = new KafkaStage(options);
    try {
      await stage.#admin.connect();
      for (const { partition, high } of await stage.#firstEnds(options.signal))
        stage.#next.set(partition, BigInt(high));
    } catch (error) {
      await stage.close();
      throw error;
    }
    stage.#consuming = stage.#keepConsuming();
    return stage;
  }

  get seen(): number {
    return this.#tally.distinct;
  }

  get duplicates(): number {
    return this.#tally.duplicates;
  }

  get pending(): number {
    return this.#pending;
  }

  begin(): void {
    this.#tally.begin();
  }

  /** Holds what was read against the cluster's own end offsets. */
  async refresh(): Promise<void> {
    const ends = await this.#ends();
    this.#pending = ends.reduce(
      (sum, { partition, high }) => sum + Number(BigInt(high) - (this.#next.get(partition) ?? 0n)),
      0,
    );
  }

  /** Bounded in time, also when the cluster is gone. */
  async close(): Promise<void> {
    this.#closing.abort();
    const leave = async (): Promise<void> => {
      if (!this.#consuming) return;
      await this.#consuming;
      await this.#admin.deleteGroups([this.#groupId]);
    };
    const limit = sleep(CLOSE_MS, undefined, { ref: false });
    await Promise.race([leave().catch(() => undefined), limit]);
    await Promise.race([this.#admin.disconnect().catch(() => undefined), limit]);
  }

  #firstEnds(signal: AbortSignal): Promise<PartitionEnd[]> {
    const endMs = Date.now() + OPEN_MS;
    return retryForever(() => this.#ends(), {
      signal,
      backoff: new Backoff(OPEN_AGAIN),
      isRetryable: (error) => Date.now() < endMs && (error as { retriable?: boolean }).retriable === true,
    });
  }

  async #ends(): Promise<PartitionEnd[]> {
    if (!(await this.#admin.listTopics()).includes(TOPIC)) return [];
    return this.#admin.fetchTopicOffsets(TOPIC);
  }

  /** A consumer of kafkajs ends with an error, and cannot begin before its topic exists: begin again. */
  async #keepConsuming(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        if ((await this.#ends()).length > 0) await this.#consumeUntilEnd();
      } catch {
        // The cluster is away; refresh() says so.
      }
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #consumeUntilEnd(): Promise<void> {
    const { signal } = this.#closing;
    signal.throwIfAborted();
    const consumer = this.#kafka.consumer({
      groupId: this.#groupId,
      allowAutoTopicCreation: false,
      // Its own restart cannot be called off: it would go on after close().
      retry: { restartOnFailure: () => Promise.resolve(false) },
    });
    const ended = new Promise<void>((resolve) => {
      consumer.on('consumer.crash', () => resolve());
      signal.addEventListener('abort', () => resolve());
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
      await consumer.run({ autoCommit: false, eachBatch: (batch) => this.#read(batch) });
      for (const [partition, offset] of this.#next) consumer.seek({ topic: TOPIC, partition, offset: String(offset) });
      await ended;
    } finally {
      await consumer.disconnect();
    }
  }

  #read({ batch }: EachBatchPayload): Promise<void> {
    const now = Date.now();
    for (const { value, offset } of batch.messages) {
      if (BigInt(offset) < (this.#next.get(batch.partition) ?? 0n)) continue;
      this.#next.set(batch.partition, BigInt(offset) + 1n);
      const reading = readingIdentity(value);
      if (reading && this.#tally.add(reading.source, reading.sequence)) this.#onDelay(now - reading.timeMs);
    }
    return Promise.resolve();
  }
}
