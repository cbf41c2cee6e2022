/** Where kafkajs reads on: the offset behind the last record that was handled, by topic and partition. */
export interface Positions {
  readonly resolvedOffsets: Readonly<Record<string, Readonly<Record<number, string | undefined>> | undefined>>;
}

/** The part of kafkajs's consumer group that keeps the positions; every join makes them anew. */
export interface PositionHolder {
  readonly offsetManager: Positions | null;
}

export interface FetchedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly fetchedOffset: string;
}

interface Origin {
  readonly group: PositionHolder;
  readonly positions: Positions | null;
}

const origins = new WeakMap<object, Origin>();

/** Remembers from which positions a group has fetched these batches. */
export function rememberOrigin(group: PositionHolder, positions: Positions | null, batches: readonly object[]): void {
  for (const batch of batches) origins.set(batch, { group, positions });
}

/**
 * Whether we are no longer where a batch begins: the group has joined anew since it was fetched, or its records came
 * from two brokers at once when the partition moved from one to the other, and those of the other were handled first.
 */
export function isOutdated(batch: FetchedBatch): boolean {
  const origin = origins.get(batch);
  if (!origin) return false;
  const { group, positions } = origin;
  if (group.offsetManager !== positions) return true;
  const next = positions?.resolvedOffsets[batch.topic]?.[batch.partition];
  return next !== undefined && BigInt(next) > BigInt(batch.fetchedOffset);
}
