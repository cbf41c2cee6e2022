import { CODECS } from '../codecs/decompress';
import { BATCH_AT, BATCH_BITS, type DecodedRecord, MAGIC } from './record-batch';

/** A batch of records that could not be decoded; stands in the list of records at the batch's last offset. */
export interface UnreadableBatch {
  readonly codec: string;
  readonly firstOffset: string;
  readonly lastOffset: string;
  readonly records: number;
  readonly reason: string;
}

/** The unreadable batch that a record stands for, if it is no real record. */
export const unreadableBatchOf = (record: object): UnreadableBatch | undefined =>
  (record as { unreadable?: UnreadableBatch }).unreadable;

/** Stands for a batch that cannot be read, of which there are at least offset, length and magic. */
export function standInFor(bytes: Buffer, reason: string): DecodedRecord {
  const firstOffset = bytes.readBigInt64BE(0);
  // What comes after batches will begin like them.
  const isBatch = bytes.length >= BATCH_AT.records && (bytes[BATCH_AT.magic] ?? 0) >= MAGIC;
  const delta = isBatch ? Math.max(bytes.readInt32BE(BATCH_AT.lastOffsetDelta), 0) : 0;
  const lastOffset = String(firstOffset + BigInt(delta));
  const codec = isBatch ? bytes.readInt16BE(BATCH_AT.attributes) & BATCH_BITS.codec : 0;
  const unreadable: UnreadableBatch = {
    codec: CODECS[codec] ?? `codec ${codec}`,
    firstOffset: String(firstOffset),
    lastOffset,
    records: isBatch ? Math.max(bytes.readInt32BE(BATCH_AT.count), 1) : 1,
    reason,
  };
  return extraRecord(lastOffset, isBatch ? bytes.readBigInt64BE(BATCH_AT.maxTimestamp) : 0n, { unreadable });
}

/** Stands at an offset up to which there are no records any more, so that a consumer moves on to behind it. */
export const markerAt = (offset: bigint, timestamp: bigint): DecodedRecord =>
  extraRecord(String(offset), timestamp, { isControlRecord: true });

const extraRecord = (offset: string, timestamp: bigint, more: object): DecodedRecord => ({
  offset,
  timestamp: String(timestamp),
  key: null,
  value: null,
  headers: {},
  isControlRecord: false,
  batchContext: { inTransaction: false, producerId: '-1' },
  ...more,
});
