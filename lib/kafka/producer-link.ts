import { CompressionTypes, type Producer } from 'kafkajs';
import type { TwinError } from '../reading/twin-error';
import { createKafkaClient, type KafkaClient, type KafkaClientHooks } from './kafka-client';
import { kafkaError } from './kafka-error';
import type { KafkaConnectionOptions } from './kafka-options';
import type { OutgoingMessage } from './outgoing-message';
import type { TopicPartitions } from './topic-partitions';

export type KafkaCompression = 'none' | 'gzip';

/** How long a polite goodbye may take before the sockets are closed, in milliseconds. */
const DISCONNECT_MS = 1_000;
/** Metadata is read anew this often, in milliseconds, so that a partition that was added is soon known. */
const METADATA_AGE_MS = 60_000;
const compressionTypes: Readonly<Record<KafkaCompression, CompressionTypes>> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
};

/** One kafkajs producer. It does not retry by itself: it would give up after 12 s of a broker that is merely down. */
export class ProducerLink {
  readonly #client: KafkaClient;
  readonly #producer: Producer;
  readonly #compression: CompressionTypes;
  /** Topics that were written to by this link. */
  readonly #written = new Set<string>();

  constructor(
    connection: KafkaConnectionOptions,
    partitions: TopicPartitions,
    compression: KafkaCompression,
    hooks: Omit<KafkaClientHooks, 'retry'>,
  ) {
    this.#client = createKafkaClient(connection, { ...hooks, retry: { retries: 0 } });
    this.#producer = this.#client.kafka.producer({
      createPartitioner: partitions.partitioner,
      metadataMaxAge: METADATA_AGE_MS,
      // An idempotent producer can stop for good after an unknown sequence.
      idempotent: false,
    });
    this.#compression = compressionTypes[compression];
  }

  async connect(): Promise<void> {
    try {
      await this.#producer.connect();
    } catch (thrown) {
      throw kafkaError(thrown, this.#client);
    }
  }

  /** Sends messages of one topic and partition in one request; answers the offset of the first. */
  async send(topic: string, messages: readonly OutgoingMessage[]): Promise<bigint> {
    try {
      const answers = await this.#producer.send({
        topic,
        acks: -1,
        compression: this.#compression,
        messages: [...messages],
      });
      const base = answers[0]?.baseOffset;
      if (base === undefined) throw new Error('the broker did not say where the records were stored');
      this.#written.add(topic);
      return BigInt(base);
    } catch (thrown) {
      throw kafkaError(thrown, { brokers: this.#client.brokers, topic });
    }
  }

  /** kafkajs asks for all its topics at once: one that was deleted makes every refresh of its metadata fail. */
  isSpoiledBy(error: TwinError, topic: string): boolean {
    return error.code === 'KAFKA_TOPIC_UNKNOWN' && this.#written.has(topic);
  }

  /** Ends within about a second, whatever is under way. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#client.destroy(), DISCONNECT_MS);
    try {
      await this.#producer.disconnect();
    } catch {
      // The broker is gone, and so is the connection: closed is closed.
    } finally {
      clearTimeout(timer);
      this.#client.destroy();
    }
  }
}
