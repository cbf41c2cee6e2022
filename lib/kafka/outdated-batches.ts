/** Where kafkajs reads on: the offset behind the last record that was handled, by topic and partition. */
export interface Positions {
  readonly resolvedOffsets: Readonly<Record<string, Readonly<Record<number, string | undefined>> | undefined>>;
}

/** The part of kafkajs's consumer group that keeps the positions; every join makes them anew. */
export interface PositionHolder {
  readonly offsetManager: Positions | null;
}

/**
 * Where a batch carries what it was fetched from. (A `WeakMap` would cost every collection more than a property does.)
 */
const ORIGIN = Symbol('origin');

export interface FetchedBatch {
  [ORIGIN]?: Origin;
  readonly topic: string;
  readonly partition: number;
  readonly fetchedOffset: string;
  /** Whether it holds no record for us. */
  isEmpty(): boolean;
}

interface Origin {
  readonly group: PositionHolder;
  readonly positions: Positions | null;
}

/** Remembers from which positions a group has fetched these batches. */
export function rememberOrigin(
  group: PositionHolder,
  positions: Positions | null,
  batches: readonly FetchedBatch[],
): void {
  for (const batch of batches) batch[ORIGIN] = { group, positions };
}

/**
 * Whether we are no longer where a batch begins: the group has joined anew since it was fetched, or its records came
 * from two brokers at once when the partition moved from one to the other, and those of the other were handled first.
 */
export function isOutdated(batch: FetchedBatch): boolean {
  const origin = batch[ORIGIN];
  if (!origin) return false;
  const { group, positions } = origin;
  if (group.offsetManager !== positions) return true;
  const next = positions?.resolvedOffsets[batch.topic]?.[batch.partition];
  return next !== undefined && BigInt(next) > BigInt(batch.fetchedOffset);
}
