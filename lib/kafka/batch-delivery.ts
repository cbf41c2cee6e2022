import type { Batch, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { TwinError } from '../reading/twin-error';
import type { DeliveryWindow } from './delivery-window';
import type { GroupAssignment } from './group-assignment';
import { type FetchedBatch, isOutdated } from './outdated-batches';
import type { KafkaRecord } from './kafka-record';
import type { PartitionProgress } from './partition-progress';
import { type UnreadableBatch, unreadableBatchOf } from './wire/unreadable-batch';

/** While the window is full, the window and the heartbeat are looked at this often, in milliseconds. */
const HOLD_MS = 500;
/**
 * A batch is held for so long, in milliseconds, then left to be fetched again: when the brokers of the cluster change,
 * kafkajs waits for every partition to let go before it fetches any.
 */
const HOLD_LIMIT_MS = 5_000;
/**
 * Behind one record that stays open, at most so many windows are delivered: else memory would grow with all that is
 * settled behind it, and all of that would come again after a crash.
 */
const WINDOWS_AHEAD = 10;
/** Turns of the event loop that are left to a flow before more is asked for: Node-RED takes one from node to node. */
const TURNS_FIRST = 3;
/** Records handed out before the event loop gets a turn. */
const RECORDS_PER_TURN = 64;

export interface DeliveryTarget {
  deliver(records: readonly KafkaRecord[], settle: () => void): void;
  /** A batch of records that cannot be decoded: delivered as an error, and settled like a record. */
  unreadable(error: TwinError, settle: () => void): void;
  /** Something was delivered or settled. */
  changed(): void;
}

export interface BatchDeliveryOptions {
  readonly window: DeliveryWindow;
  readonly assignment: GroupAssignment;
  /** One record at a time, or as many of a batch as the window has room for. */
  readonly deliver: 'each' | 'batch';
  /** Ends the delivery, at the latest after HOLD_MS. */
  readonly isOver: () => boolean;
  readonly target: DeliveryTarget;
}

/**
 * Hands out the records of fetched batches, never more than the window allows. While it is full the batch is held here
 * and the group is told that we live. (kafkajs's own pause makes its fetch loop sleep, which costs half a second each
 * time the window fills.)
 */
export class BatchDelivery {
  readonly #options: BatchDeliveryOptions;

  constructor(options: BatchDeliveryOptions) {
    this.#options = options;
  }

  /** @throws what a heartbeat throws when the group rebalances */
  async handle(payload: EachBatchPayload): Promise<void> {
    const batch = fetched(payload.batch);
    const { assignment, window, target } = this.#options;
    const isOver = (): boolean => this.#options.isOver() || isOutdated(batch);
    if (isOver()) return;
    const progress = assignment.progressOf(batch.topic, batch.partition, BigInt(batch.fetchedOffset));
    progress.endOffset = BigInt(batch.highWatermark);
    const receivedAtMs = Date.now();
    const messages = batch.messages.filter(({ offset }) => BigInt(offset) >= progress.nextDelivery);
    for (let next = 0, inTurn = 0; next < messages.length;) {
      if (inTurn >= RECORDS_PER_TURN) {
        inTurn = 0;
        await turnsOfTheLoop(1);
        await payload.heartbeat();
      }
      const heldUntil = performance.now() + HOLD_LIMIT_MS;
      while (this.#isFull(progress) && !isOver()) {
        await window.changed(HOLD_MS);
        await payload.heartbeat();
        if (performance.now() > heldUntil && this.#isFull(progress)) return;
      }
      // What is not delivered stays unresolved, and is fetched again by whoever owns the partition then.
      if (isOver()) return;
      const count = this.#handOut(progress, messages, next, receivedAtMs);
      next += count;
      inTurn += count;
    }
    if (!isOutdated(batch)) {
      payload.resolveOffset(batch.lastOffset());
      progress.readUpTo(BigInt(batch.lastOffset()) + 1n);
    }
    target.changed();
    // What was delivered goes first, asking for more comes second.
    await turnsOfTheLoop(TURNS_FIRST);
  }

  #isFull(progress: PartitionProgress): boolean {
    const { window } = this.#options;
    return window.room === 0 || progress.uncommitted >= window.capacity * WINDOWS_AHEAD;
  }

  /** Delivers from `start` what goes in one piece; answers how many records that were. */
  #handOut(
    progress: PartitionProgress,
    messages: readonly KafkaMessage[],
    start: number,
    receivedAtMs: number,
  ): number {
    const { window, target, deliver } = this.#options;
    const piece = messages.slice(start, start + (deliver === 'each' ? 1 : window.room));
    const bad = piece.findIndex((message) => unreadableBatchOf(message));
    const unreadable = bad === 0 ? unreadableBatchOf(piece[0] as KafkaMessage) : undefined;
    if (unreadable) {
      target.unreadable(unreadableError(progress, unreadable), this.#take(progress, piece.slice(0, 1)));
      return 1;
    }
    const good = bad < 0 ? piece : piece.slice(0, bad);
    const records = good.map((message) => toRecord(progress, message, receivedAtMs));
    target.deliver(records, this.#take(progress, good));
    return good.length;
  }

  /** Puts records into the window; the function settles them all, once. */
  #take(progress: PartitionProgress, messages: readonly KafkaMessage[]): () => void {
    const { window, target } = this.#options;
    const offsets = messages.map(({ offset }) => BigInt(offset));
    for (const offset of offsets) progress.deliver(offset);
    window.take(offsets.length);
    return () => {
      const settled = offsets.filter((offset) => progress.settle(offset)).length;
      if (settled === 0) return;
      window.give(settled);
      target.changed();
    };
  }
}

/** kafkajs sets where a fetch began on its batches without naming it in its types. */
const fetched = (batch: Batch): Batch & FetchedBatch => batch as unknown as Batch & FetchedBatch;

/** Resolves so many turns of the event loop later. */
const turnsOfTheLoop = (count: number): Promise<void> =>
  new Promise((resolve) => {
    let left = count;
    const turn = (): void => void (left-- > 0 ? setImmediate(turn) : resolve());
    turn();
  });

function toRecord({ topic, partition }: PartitionProgress, message: KafkaMessage, receivedAtMs: number): KafkaRecord {
  const { offset, key, value, headers = {}, timestamp } = message;
  return { topic, partition, offset, key, value, headers, timestampMs: Number(timestamp), receivedAtMs };
}

function unreadableError({ topic, partition }: PartitionProgress, batch: UnreadableBatch): TwinError {
  const { codec, firstOffset, lastOffset, records, reason } = batch;
  const where = `topic "${topic}", partition ${partition}, offsets ${firstOffset} to ${lastOffset}`;
  const facts = { topic, partition, firstOffset, lastOffset, records, codec };
  return new TwinError(
    'KAFKA_BATCH_UNREADABLE',
    `${records} records skipped, as they cannot be decoded (${codec}): ${reason} (${where})`,
    {
      facts,
    },
  );
}
