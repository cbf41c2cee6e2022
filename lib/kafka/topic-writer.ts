import type { BatchOutcome } from '../delivery/natural-batcher';
import { TwinError } from '../reading/twin-error';
import type { RecordPosition } from './kafka-record';
import type { OutgoingMessage } from './outgoing-message';
import type { TopicPartitions } from './topic-partitions';

/**
 * Sends messages of one partition in one request and answers the offset of the first. Retries by itself what may pass;
 * throws what never will.
 */
export type SendRun = (messages: readonly OutgoingMessage[], signal: AbortSignal) => Promise<bigint>;

/**
 * Writes batches to one topic: one request per partition, so that an error of one costs the others nothing (kafkajs
 * answers a request of several partitions with the first error alone, and not with what was stored). A refused run is
 * halved until the bad record stands alone; that one is rejected, its neighbours are written, in order.
 */
export class TopicWriter {
  readonly #topic: string;
  readonly #partitions: TopicPartitions;
  readonly #send: SendRun;
  /** Largest run in bytes that the topic takes, once it has refused one that held no oversized record. */
  #maxRunBytes = Infinity;

  constructor(topic: string, partitions: TopicPartitions, send: SendRun) {
    this.#topic = topic;
    this.#partitions = partitions;
    this.#send = send;
  }

  /** One outcome per message, in their order. */
  async write(
    messages: readonly OutgoingMessage[],
    signal: AbortSignal,
  ): Promise<readonly BatchOutcome<RecordPosition>[]> {
    const outcomes = new Map<OutgoingMessage, BatchOutcome<RecordPosition>>();
    let rest = messages;
    // The partitions of a topic are known once one message was sent.
    while (this.#partitions.count(this.#topic) === undefined && rest.length > 0) {
      await this.#writeRun(rest.slice(0, 1), signal, outcomes);
      rest = rest.slice(1);
    }
    const writeAll = async (ofPartition: readonly OutgoingMessage[]): Promise<void> => {
      for (const run of this.#runs(ofPartition)) await this.#writeRun(run, signal, outcomes);
    };
    await Promise.all([...this.#byPartition(rest).values()].map(writeAll));
    return messages.map((message) => outcomes.get(message) ?? { ok: false, error: lost(this.#topic) });
  }

  #byPartition(messages: readonly OutgoingMessage[]): Map<number, OutgoingMessage[]> {
    const groups = new Map<number, OutgoingMessage[]>();
    let inTurn: number | undefined;
    for (const message of messages) {
      const { key } = message;
      message.partition ??=
        key === null || key === undefined
          ? (inTurn ??= this.#partitions.nextInTurn(this.#topic))
          : this.#partitions.ofKey(this.#topic, key);
      const group = groups.get(message.partition);
      if (group) group.push(message);
      else groups.set(message.partition, [message]);
    }
    return groups;
  }

  *#runs(messages: readonly OutgoingMessage[]): Generator<readonly OutgoingMessage[]> {
    let start = 0;
    let bytes = 0;
    for (const [index, message] of messages.entries()) {
      if (index > start && bytes + message.bytes > this.#maxRunBytes) {
        yield messages.slice(start, index);
        start = index;
        bytes = 0;
      }
      bytes += message.bytes;
    }
    if (start < messages.length) yield messages.slice(start);
  }

  /** Whether every message was accepted. */
  async #writeRun(
    run: readonly OutgoingMessage[],
    signal: AbortSignal,
    outcomes: Map<OutgoingMessage, BatchOutcome<RecordPosition>>,
  ): Promise<boolean> {
    try {
      const base = await this.#send(run, signal);
      run.forEach((message, index) => {
        const value = { partition: message.partition ?? 0, offset: String(base + BigInt(index)) };
        outcomes.set(message, { ok: true, value });
      });
      return true;
    } catch (error) {
      if (signal.aborted || !(error instanceof TwinError) || error.retryable) throw error;
      const [first, second] = run;
      if (first && !second) {
        outcomes.set(first, { ok: false, error });
        return false;
      }
      const middle = Math.ceil(run.length / 2);
      const left = await this.#writeRun(run.slice(0, middle), signal, outcomes);
      const right = await this.#writeRun(run.slice(middle), signal, outcomes);
      if (left && right && error.code === 'KAFKA_RECORD_TOO_LARGE') {
        this.#maxRunBytes = Math.min(this.#maxRunBytes, run.reduce((sum, { bytes }) => sum + bytes, 0) / 2);
      }
      return left && right;
    }
  }
}

const lost = (topic: string): TwinError =>
  new TwinError('KAFKA_FAILED', `no outcome for a record of topic "${topic}"`, { retryable: true });
