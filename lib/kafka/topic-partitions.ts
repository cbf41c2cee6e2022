import { type ICustomPartitioner, type PartitionMetadata, Partitioners } from 'kafkajs';
import { TwinError } from '../reading/twin-error';

/**
 * What the producer knows of the partitions of its topics. kafkajs shows them only to its partitioner, and asks that
 * again at each of its own retries: a record without a key would then move, one would be written twice and another
 * never. So each message is given its partition once, before it is sent.
 */
export class TopicPartitions {
  readonly #known = new Map<string, PartitionMetadata[]>();
  readonly #turns = new Map<string, number>();
  readonly #byKey = Partitioners.DefaultPartitioner();

  /** For kafkajs: learns what it knows, keeps the partition that a message has. */
  readonly partitioner: ICustomPartitioner = () => (args) => {
    const { topic, partitionMetadata, message } = args;
    this.#known.set(topic, partitionMetadata);
    message.partition ??= this.#byKey(args);
    // kafkajs drops a message for a partition that does not exist, and reports success.
    if (!partitionMetadata.some(({ partitionId }) => partitionId === message.partition)) {
      throw new TwinError(
        'KAFKA_PARTITION_UNKNOWN',
        `topic "${topic}" has no partition ${message.partition}, it has 0 to ${partitionMetadata.length - 1}: correct the partition`,
      );
    }
    return message.partition;
  };

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
