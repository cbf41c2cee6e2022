/** Header values as they came; a key that occurs several times has a list. */
export type KafkaHeaders = Readonly<Record<string, Buffer | string | (Buffer | string)[] | null | undefined>>;

/** A record as it was read. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  /** Decimal, as it may exceed 2^53. */
  readonly offset: string;
  readonly key: Buffer | null;
  /** Null is a tombstone of a compacted topic. */
  readonly value: Buffer | null;
  readonly headers: KafkaHeaders;
  /** The record's own time in epoch milliseconds. */
  readonly timestampMs: number;
  /** When it reached us, in epoch milliseconds. */
  readonly receivedAtMs: number;
}

/** A record to be written. */
export interface ProduceRecord {
  readonly topic: string;
  /** Records of one key keep their order; without a key whole batches go to the partitions in turn. */
  readonly key?: string | Buffer | null;
  /** Null is a tombstone of a compacted topic. */
  readonly value: string | Buffer | null;
  readonly headers?: Readonly<Record<string, string | Buffer | readonly (string | Buffer)[]>>;
  /** Default: by the key, as Java clients do. */
  readonly partition?: number;
  /** Epoch milliseconds; default now. */
  readonly timestampMs?: number;
  /** It is rejected when it could not be sent before (epoch milliseconds). */
  readonly expiresMs?: number | undefined;
}

/** Where a record was stored. */
export interface RecordPosition {
  readonly partition: number;
  /** Decimal, as it may exceed 2^53. */
  readonly offset: string;
}
