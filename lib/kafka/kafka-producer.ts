import { EventEmitter } from 'node:events';
import { Backoff } from '../delivery/backoff';
import { assertTimely } from '../delivery/expiry';
import type { ConnectionChange, ConnectionState } from '../delivery/connection-state';
import { NaturalBatcher } from '../delivery/natural-batcher';
import { retryForever } from '../delivery/retry';
import { TwinError } from '../reading/twin-error';
import { brokerAddresses, type KafkaConnectionOptions } from './kafka-options';
import type { ProduceRecord, RecordPosition } from './kafka-record';
import { longestWaitMs } from './longest-wait';
import { type OutgoingMessage, outgoingMessage } from './outgoing-message';
import { type KafkaCompression, ProducerLink } from './producer-link';
import { TopicPartitions } from './topic-partitions';
import { TopicWriter } from './topic-writer';

const BACKOFF = { minMs: 100, maxMs: 3_000 };
/** A link over which nothing has gone for this long, while something should, is replaced. */
const STALE_LINK_MS = 30_000;
/** A topic that the broker makes when it is asked for is missing for a moment: not worth a word. */
const QUIET_ATTEMPTS = 4;
const QUIET_CODES = ['KAFKA_TOPIC_UNKNOWN', 'KAFKA_NOT_READY'];
const DRAIN_MS = 5_000;
/** Idle topics beyond this many are forgotten. */
const MAX_IDLE_TOPICS = 1_000;

export interface KafkaProducerOptions {
  readonly connection: KafkaConnectionOptions;
  /** Default `none`, as consumers with few codecs are common. */
  readonly compression?: KafkaCompression;
  /** Most records in a batch (default 1,000). */
  readonly maxItems?: number;
  /** Most bytes in a batch (default 900,000: a broker takes 1 MiB unless it is told otherwise). */
  readonly maxBytes?: number;
  /** Most records of a topic that wait to be sent (default 100,000); beyond it `send` rejects. */
  readonly maxQueued?: number;
}

interface TopicQueue {
  readonly batcher: NaturalBatcher<OutgoingMessage, RecordPosition>;
}

/**
 * Writes records, acknowledged by all in-sync replicas. What arrives while a request is under way goes with the next
 * one. What may pass with time (broker down, leader change, missing topic, refused credentials) is retried for as long
 * as the producer lives; a record that never will pass is rejected alone. The order of each topic is kept; a topic that
 * is in trouble holds up no other.
 */
export class KafkaProducer extends EventEmitter<{ state: [ConnectionChange] }> {
  readonly #options: KafkaProducerOptions;
  readonly #partitions = new TopicPartitions();
  readonly #topics = new Map<string, TopicQueue>();
  readonly #troubles = new Map<string, TwinError>();
  readonly #abort = new AbortController();
  #link: ProducerLink | undefined;
  /** The link that is being connected, and the end of that. */
  #connecting: ProducerLink | undefined;
  #connected: Promise<void> | undefined;
  #lastSuccessMs = 0;
  #state: ConnectionState | undefined;
  #reason: string | undefined;
  #closing: Promise<void> | undefined;

  /** @throws TwinError `KAFKA_OPTIONS_INVALID` */
  constructor(options: KafkaProducerOptions) {
    super();
    brokerAddresses(options.connection.brokers);
    this.#options = options;
  }

  /** Connects, and waits for a broker that is not there yet. Records sent before are kept. */
  start(): void {
    if (!this.#link && !this.#closing) this.#renewLink();
  }

  /**
   * Resolves when the record is stored.
   *
   * @throws TwinError not retryable when the record was rejected; `DELIVERY_EXPIRED` among these; `DELIVERY_CLOSED`,
   *   `DELIVERY_QUEUE_FULL` retryable
   */
  async send(record: ProduceRecord): Promise<RecordPosition> {
    const message = outgoingMessage(record, Date.now());
    return this.#queueOf(message.topic).batcher.add(message);
  }

  /** Lets what is queued go out for up to `drainMs`, then rejects the rest and disconnects. */
  close(drainMs = DRAIN_MS): Promise<void> {
    this.#closing ??= this.#close(drainMs);
    return this.#closing;
  }

  #queueOf(topic: string): TopicQueue {
    let queue = this.#topics.get(topic);
    if (!queue) {
      if (this.#topics.size >= MAX_IDLE_TOPICS) this.#forgetIdleTopics();
      const writer = new TopicWriter(topic, this.#partitions, (messages, signal) =>
        this.#send(topic, messages, signal),
      );
      const { maxItems = 1_000, maxBytes = 900_000, maxQueued = 100_000 } = this.#options;
      const batcher = new NaturalBatcher<OutgoingMessage, RecordPosition>(
        (items, signal) => writer.write(items, signal),
        {
          maxItems,
          maxBytes,
          maxQueued,
          sizeOf: ({ bytes }) => bytes,
        },
      );
      if (this.#closing) void batcher.close(0);
      queue = { batcher };
      this.#topics.set(topic, queue);
    }
    return queue;
  }

  #forgetIdleTopics(): void {
    for (const [topic, { batcher }] of this.#topics) {
      if (batcher.queued === 0 && batcher.inFlight === 0) this.#topics.delete(topic);
    }
  }

  async #send(topic: string, messages: readonly OutgoingMessage[], signal: AbortSignal): Promise<bigint> {
    try {
      return await retryForever(() => this.#sendOnce(topic, messages), {
        signal,
        backoff: new Backoff(BACKOFF),
        onRetry: (error, _delayMs, attempt) => this.#onTrouble(error as TwinError, topic, attempt),
      });
    } finally {
      // An answer, be it a refusal of the records, shows that the topic is served; that records came too late does not.
      this.#troubles.delete(topic);
      const away = this.#connecting !== undefined;
      if (this.#troubles.size === 0 && !signal.aborted && !away) this.#setState('connected');
    }
  }

  async #sendOnce(topic: string, messages: readonly OutgoingMessage[]): Promise<bigint> {
    await this.#connected;
    if (!this.#link) throw new TwinError('KAFKA_NOT_STARTED', 'the producer was not started', { retryable: true });
    // One that came too late fails its run, whose writer then finds it by halving.
    const nowMs = Date.now();
    for (const { expiresMs } of messages) assertTimely(expiresMs, nowMs);
    const offset = await this.#link.send(topic, messages);
    this.#lastSuccessMs = Date.now();
    return offset;
  }

  #onTrouble(error: TwinError, topic: string, attempt: number): void {
    if (QUIET_CODES.includes(error.code) && attempt <= QUIET_ATTEMPTS) return;
    this.#troubles.set(topic, error);
    this.#setState('waiting', error);
    // It may be made anew with other partitions.
    if (error.code === 'KAFKA_TOPIC_UNKNOWN') this.#partitions.forget(topic);
    if (Date.now() - this.#lastSuccessMs > STALE_LINK_MS) this.#renewLink();
  }

  #renewLink(): void {
    void this.#link?.close();
    const { connection, compression = 'none' } = this.#options;
    const link: ProducerLink = new ProducerLink(connection, this.#partitions, compression, {
      onAllLost: () => this.#connect(link),
    });
    this.#link = link;
    this.#lastSuccessMs = Date.now();
    this.#connect(link);
  }

  /** Also when nothing is to be sent, so that the state tells the truth about the broker. */
  #connect(link: ProducerLink): void {
    if (link !== this.#link || link === this.#connecting || this.#abort.signal.aborted) return;
    this.#connecting = link;
    if (this.#state !== 'waiting') this.#setState('connecting');
    const connected = retryForever(() => link.connect(), {
      signal: this.#abort.signal,
      backoff: new Backoff(BACKOFF),
      isRetryable: () => link === this.#link,
      longestWaitMs,
      onRetry: (error) => this.#setState('waiting', error as TwinError),
    });
    this.#connected = connected.then(
      () => {
        if (this.#troubles.size === 0) this.#setState('connected');
      },
      // Closed, or replaced by another link; what waits finds out by itself.
      () => undefined,
    );
    void this.#connected.then(() => {
      if (this.#connecting === link) this.#connecting = undefined;
    });
  }

  async #close(drainMs: number): Promise<void> {
    await Promise.all([...this.#topics.values()].map(({ batcher }) => batcher.close(drainMs)));
    this.#abort.abort();
    await this.#link?.close();
    this.#setState('stopped');
  }

  #setState(state: ConnectionState, error?: TwinError): void {
    const reason = error && `${error.code} ${error.message}`;
    if (this.#state === 'stopped' || (state === this.#state && reason === this.#reason)) return;
    this.#state = state;
    this.#reason = reason;
    this.emit('state', error ? { state, error } : { state });
  }
}
