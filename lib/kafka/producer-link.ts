import { TwinError } from '../reading/twin-error';
import { produceTo } from './broker-requests';
import { createKafkaClient, type KafkaClient, type KafkaClientHooks } from './kafka-client';
import { kafkaError } from './kafka-error';
import type { KafkaConnectionOptions } from './kafka-options';
import { type BrokerInstance, type ClusterInstance, createCluster, createErrorFromCode } from './kafkajs-internals';
import type { OutgoingMessage } from './outgoing-message';
import { errorCodeOf } from './partial-metadata';
import type { TopicPartitions } from './topic-partitions';
import type { WireCompression } from './wire/encode-record-batch';

export type KafkaCompression = WireCompression;

/** How long a polite goodbye may take before the sockets are closed, in milliseconds. */
const DISCONNECT_MS = 1_000;
/** Metadata is read anew this often, in milliseconds, so that a partition that was added is soon known. */
const METADATA_AGE_MS = 60_000;
/** How long the leader of a partition may wait for the other replicas, in milliseconds. */
const REPLICAS_MS = 30_000;
/** What kafkajs calls it when a broker is not there, or is not known. */
const LOST_NAMES = ['KafkaJSMetadataNotLoaded', 'KafkaJSConnectionError', 'KafkaJSConnectionClosedError'];

/** An error of kafkajs, as far as it says what to do next. */
interface LinkError {
  readonly name?: string;
  readonly retriable?: boolean;
  readonly host?: string;
  readonly port?: number;
}

/**
 * One life of the connections over which records are written: a cluster as kafkajs's own producers have it, without
 * their layers and their retries, which would give up after 12 s of a broker that is merely down. Not idempotent: such
 * a producer can stop for good after an unknown sequence.
 */
export class ProducerLink {
  readonly #client: KafkaClient;
  readonly #cluster: ClusterInstance;
  readonly #partitions: TopicPartitions;
  readonly #compression: KafkaCompression;

  constructor(
    connection: KafkaConnectionOptions,
    partitions: TopicPartitions,
    compression: KafkaCompression,
    hooks: Omit<KafkaClientHooks, 'retry'>,
  ) {
    this.#client = createKafkaClient(connection, { ...hooks, partialMetadata: true, retry: { retries: 0 } });
    this.#cluster = createCluster(this.#client.kafka, { metadataMaxAge: METADATA_AGE_MS });
    this.#partitions = partitions;
    this.#compression = compression;
  }

  async connect(): Promise<void> {
    try {
      await this.#cluster.connect();
    } catch (thrown) {
      throw kafkaError(thrown, this.#client);
    }
  }

  /** Sends messages of one topic and partition in one request; answers the offset of the first. */
  async send(topic: string, messages: readonly OutgoingMessage[]): Promise<bigint> {
    const { brokers } = this.#client;
    try {
      const [partition, leader] = await this.#place(topic, messages);
      const request = { topic, partition, records: messages, compression: this.#compression, timeoutMs: REPLICAS_MS };
      return await produceTo(leader, request);
    } catch (thrown) {
      try {
        await this.#learnFrom(thrown as LinkError);
      } catch (again) {
        throw kafkaError(again, { brokers, topic });
      }
      throw kafkaError(thrown, { brokers, topic });
    }
  }

  /** The partition of the messages, and the broker that leads it. */
  async #place(topic: string, messages: readonly OutgoingMessage[]): Promise<[number, BrokerInstance]> {
    const cluster = this.#cluster;
    if (!this.#knows(topic)) {
      await cluster.addMultipleTargetTopics([topic]);
      // The answer that just came may be to a question from before that.
      if (!this.#knows(topic)) await cluster.refreshMetadata();
    }
    const all = cluster.findTopicPartitionMetadata(topic);
    if (all.length === 0) throw this.#missing(topic);
    this.#partitions.assign(topic, all, messages);
    const partition = messages[0]?.partition ?? 0;
    const leader = all.find(({ partitionId }) => partitionId === partition)?.leader;
    return [partition, await cluster.findBroker({ nodeId: String(leader) })];
  }

  /** Whether nothing needs to be asked about a topic. */
  #knows(topic: string): boolean {
    const { metadata, metadataExpireAt } = this.#cluster.brokerPool;
    const isFresh = metadata !== null && metadataExpireAt !== null && Date.now() <= metadataExpireAt;
    return isFresh && this.#cluster.findTopicPartitionMetadata(topic).length > 0;
  }

  #missing(topic: string): TwinError {
    const code = errorCodeOf(this.#cluster.brokerPool.metadata, topic);
    if (code !== 0) return kafkaError(createErrorFromCode(code), { brokers: this.#client.brokers, topic });
    return new TwinError('KAFKA_NOT_READY', `the cluster does not yet know topic "${topic}"`, { retryable: true });
  }

  /** After a failure: forgets a broker that has gone, and asks the others who leads now. */
  async #learnFrom({ name = '', retriable, host, port }: LinkError): Promise<void> {
    const cluster = this.#cluster;
    if (name === 'KafkaJSConnectionClosedError' && host !== undefined && port !== undefined) {
      cluster.removeBroker({ host, port });
    }
    if (!cluster.isConnected()) {
      await cluster.connect();
      await cluster.refreshMetadata();
    } else if (LOST_NAMES.includes(name) || (name === 'KafkaJSProtocolError' && retriable)) {
      await cluster.refreshMetadata();
    }
  }

  /** Ends within about a second, whatever is under way. */
  async close(): Promise<void> {
    const timer = setTimeout(() => this.#client.destroy(), DISCONNECT_MS);
    try {
      await this.#cluster.disconnect();
    } catch {
      // The broker is gone, and so is the connection: closed is closed.
    } finally {
      clearTimeout(timer);
      this.#client.destroy();
    }
  }
}
