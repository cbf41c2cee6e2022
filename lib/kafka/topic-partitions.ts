import { type Message, type PartitionMetadata, Partitioners } from 'kafkajs';
import { TwinError } from '../reading/twin-error';
import type { OutgoingMessage } from './outgoing-message';

/**
 * What the producer knows of the partitions of its topics. Each message is given its partition once: were it chosen
 * anew at each attempt, a record without a key could move, and be written twice.
 */
export class TopicPartitions {
  readonly #known = new Map<string, PartitionMetadata[]>();
  readonly #turns = new Map<string, number>();
  readonly #byKey = Partitioners.DefaultPartitioner();

  /**
   * Learns the partitions of a topic, and gives one to each message that has none.
   *
   * @throws TwinError `KAFKA_PARTITION_UNKNOWN`
   */
  assign(topic: string, partitionMetadata: PartitionMetadata[], messages: readonly OutgoingMessage[]): void {
    this.#known.set(topic, partitionMetadata);
    for (const message of messages) {
      message.partition ??= this.#byKey({ topic, partitionMetadata, message: message as Message });
      const { partition } = message;
      if (partitionMetadata.some(({ partitionId }) => partitionId === partition)) continue;
      throw new TwinError(
        'KAFKA_PARTITION_UNKNOWN',
        `topic "${topic}" has no partition ${partition}, it has 0 to ${partitionMetadata.length - 1}: correct the partition`,
      );
    }
  }

  /** Number of partitions; `undefined` before the first record of the topic was sent. */
  count(topic: string): number | undefined {
    return this.#known.get(topic)?.length;
  }

  /** The partition of a key, by the hash that Java clients use. */
  ofKey(topic: string, key: string | Buffer): number {
    return this.#byKey({ topic, partitionMetadata: this.#known.get(topic) ?? [], message: { key, value: null } });
  }

  /** The partition for the next batch of records without a key: those with a leader in turn. */
  nextInTurn(topic: string): number {
    const all = this.#known.get(topic) ?? [];
    const led = all.filter(({ leader }) => leader >= 0);
    const choice = led.length > 0 ? led : all;
    const turn = ((this.#turns.get(topic) ?? Math.floor(Math.random() * choice.length)) + 1) % choice.length;
    this.#turns.set(topic, turn);
    return choice[turn]?.partitionId ?? 0;
  }

  /** Forgets a topic that is gone or was made anew. */
  forget(topic: string): void {
    this.#known.delete(topic);
    this.#turns.delete(topic);
  }
}
