import type { Admin } from 'kafkajs';
import { Backoff } from '../delivery/backoff';
import { retryForever } from '../delivery/retry';
import { withinTime } from '../delivery/within-time';
import { TwinError } from '../reading/twin-error';
import { createKafkaClient, type KafkaClient } from './kafka-client';
import { kafkaError } from './kafka-error';
import type { KafkaConnectionOptions } from './kafka-options';

const DISCONNECT_MS = 1_000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 800;

export interface TopicDefinition {
  readonly topic: string;
  /** Default: the broker's own. */
  readonly partitions?: number;
  /** Default: the broker's own. */
  readonly replicationFactor?: number;
  /** Settings such as `retention.ms`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface ClusterDescription {
  readonly clusterId: string;
  /** `host:port` by node id. */
  readonly brokers: Readonly<Record<string, string>>;
  /** Node id; null when the cluster names none. */
  readonly controller: number | null;
}

/**
 * Administration of a cluster. Connects with the first call; every call ends within `timeoutMs`, with a TwinError if
 * not well.
 */
export class KafkaAdmin {
  readonly #client: KafkaClient;
  readonly #admin: Admin;
  readonly #timeoutMs: number;
  readonly #retries: number;
  #connected: Promise<void> | undefined;

  /**
   * @param retries how often a call is tried again, over about 1.5 s by default
   * @param timeoutMs the longest that a call takes, in milliseconds
   * @param partialMetadata describes a cluster also where something is wrong with one of its topics; of topics it then
   *   says less
   * @throws TwinError `KAFKA_OPTIONS_INVALID`
   */
  constructor(connection: KafkaConnectionOptions, { retries = 4, timeoutMs = 30_000, partialMetadata = false } = {}) {
    this.#timeoutMs = timeoutMs;
    this.#retries = retries;
    this.#client = createKafkaClient(connection, {
      partialMetadata,
      retry: { initialRetryTime: FIRST_RETRY_MS, maxRetryTime: LAST_RETRY_MS, retries },
    });
    this.#admin = this.#client.kafka.admin();
  }

  /** Creates a topic and waits for its leaders; false when it was there already. */
  createTopic({ topic, partitions = -1, replicationFactor = -1, settings = {} }: TopicDefinition): Promise<boolean> {
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    const definition = { topic, numPartitions: partitions, replicationFactor, configEntries };
    return this.#call(async (admin) => {
      const made = await admin.createTopics({ topics: [definition], waitForLeaders: false });
      // Each broker hears of it a moment later than the one that was asked to make it.
      const codes = ['KAFKA_NOT_READY', 'KAFKA_TOPIC_UNKNOWN'];
      if (made) await this.#askAgain(() => admin.fetchTopicMetadata({ topics: [topic] }), codes);
      return made;
    }, topic);
  }

  deleteTopic(topic: string): Promise<void> {
    return this.#call((admin) => admin.deleteTopics({ topics: [topic] }), topic);
  }

  listTopics(): Promise<string[]> {
    return this.#call((admin) => admin.listTopics());
  }

  /**
   * The offset behind the last record of each partition.
   *
   * @throws TwinError `KAFKA_TOPIC_UNKNOWN`
   */
  endOffsets(topic: string): Promise<Map<number, bigint>> {
    return this.#call(async (admin) => {
      const partitions = await this.#askAgain(() => admin.fetchTopicOffsets(topic));
      return new Map(partitions.map(({ partition, high }) => [partition, BigInt(high)]));
    }, topic);
  }

  /** Committed offsets of a group by partition; partitions without one are left out. */
  committedOffsets(groupId: string, topic: string): Promise<Map<number, bigint>> {
    return this.#call(async (admin) => {
      const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
      const known = (found?.partitions ?? []).filter(({ offset }) => BigInt(offset) >= 0n);
      return new Map(known.map(({ partition, offset }) => [partition, BigInt(offset)]));
    }, topic);
  }

  /** @throws TwinError when the group still has members */
  async deleteGroup(groupId: string): Promise<void> {
    await this.#call((admin) => admin.deleteGroups([groupId]));
  }

  describeCluster(): Promise<ClusterDescription> {
    return this.#call(async (admin) => {
      const { clusterId, brokers, controller } = await admin.describeCluster();
      return {
        clusterId,
        brokers: Object.fromEntries(brokers.map(({ nodeId, host, port }) => [nodeId, `${host}:${port}`])),
        controller,
      };
    });
  }

  async close(): Promise<void> {
    await withinTime(this.#admin.disconnect(), DISCONNECT_MS);
    this.#client.destroy();
  }

  /** For what kafkajs asks only once: a topic is known a moment before its partitions are led. */
  #askAgain<T>(ask: () => Promise<T>, codes: readonly string[] = ['KAFKA_NOT_READY']): Promise<T> {
    let left = this.#retries;
    return retryForever(ask, {
      signal: AbortSignal.timeout(this.#timeoutMs),
      backoff: new Backoff({ minMs: FIRST_RETRY_MS, maxMs: LAST_RETRY_MS }),
      isRetryable: (error) => codes.includes(kafkaError(error, { brokers: this.#client.brokers }).code) && left-- > 0,
    });
  }

  async #call<T>(work: (admin: Admin) => Promise<T>, topic?: string): Promise<T> {
    const { brokers } = this.#client;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const message = `no complete answer from ${brokers.join(', ')} within ${this.#timeoutMs / 1_000} s`;
      const error = new TwinError('KAFKA_TIMEOUT', message, { retryable: true });
      timer = setTimeout(() => reject(error), this.#timeoutMs);
    });
    try {
      this.#connected ??= this.#admin.connect();
      return await Promise.race([this.#connected.then(() => work(this.#admin)), late]);
    } catch (thrown) {
      this.#connected = undefined;
      throw kafkaError(thrown, { brokers, ...(topic === undefined ? {} : { topic }) });
    } finally {
      clearTimeout(timer);
    }
  }
}
