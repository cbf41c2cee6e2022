import { EventEmitter } from 'node:events';
import { Backoff } from '../delivery/backoff';
import { retryForever } from '../delivery/retry';
import { KafkaAdmin } from '../kafka/kafka-admin';
import type { KafkaConnectionOptions } from '../kafka/kafka-options';
import { TwinError } from '../reading/twin-error';

/** How a topic is made that is not there yet; one that is there stays as it is. */
export interface NewTopicOptions {
  /** Default: the broker's own. */
  readonly partitions?: number | undefined;
  /** Copies of each partition; at most one for each broker. Default: the broker's own. */
  readonly replicationFactor?: number | undefined;
}

/** Topics made or found; beyond it (names made up per message) memory must not grow, and all are asked for anew. */
const MAX_REMEMBERED = 10_000;
const BACKOFF = { minMs: 500, maxMs: 30_000 };

/**
 * Sees to it that a topic is there before the first record goes to it. Whatever keeps it from being made (cluster away,
 * more copies wanted than brokers exist, not allowed) is told and tried again: messages wait, none is given up.
 */
export class TopicMaker extends EventEmitter<{ trouble: [TwinError]; recovered: [] }> {
  readonly #options: NewTopicOptions;
  readonly #admin: KafkaAdmin;
  readonly #ready = new Set<string>();
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #abort = new AbortController();
  /** Topics that could not be made so far. */
  readonly #troubled = new Set<string>();

  /** @throws TwinError KAFKA_OPTIONS_INVALID */
  constructor(connection: KafkaConnectionOptions, options: NewTopicOptions) {
    super();
    this.#options = options;
    this.#admin = new KafkaAdmin(connection);
  }

  /** Nothing when the topic is known to be there, else the promise that it will be. Rejects only by `close`. */
  ensure(topic: string): Promise<void> | undefined {
    if (this.#ready.has(topic)) return undefined;
    let making = this.#underWay.get(topic);
    if (!making) {
      making = this.#make(topic).finally(() => this.#underWay.delete(topic));
      this.#underWay.set(topic, making);
    }
    return making;
  }

  async close(): Promise<void> {
    this.#abort.abort(
      new TwinError('BRIDGE_CLOSED', 'the bridge was closed before the topic was there', { retryable: true }),
    );
    await this.#admin.close();
  }

  async #make(topic: string): Promise<void> {
    const { partitions = -1, replicationFactor = -1 } = this.#options;
    await retryForever(() => this.#admin.createTopic({ topic, partitions, replicationFactor }), {
      signal: this.#abort.signal,
      backoff: new Backoff(BACKOFF),
      isRetryable: () => true,
      onRetry: (error) => {
        this.#troubled.add(topic);
        this.emit('trouble', error as TwinError);
      },
    });
    if (this.#troubled.delete(topic) && this.#troubled.size === 0) this.emit('recovered');
    if (this.#ready.size >= MAX_REMEMBERED) this.#ready.clear();
    this.#ready.add(topic);
  }
}
