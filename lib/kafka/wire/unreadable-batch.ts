import { CODECS } from '../codecs/decompress';
import { BATCH_AT, BATCH_BITS, type DecodedRecord, hasRightChecksum, NO_BATCH } from './record-batch';

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

/**
 * Stands for a batch that cannot be read, of which there are at least offset, length and magic.
 *
 * @param next where the batch behind it begins, if there is one
 */
export function standInFor(bytes: Buffer, reason: string, next: bigint | undefined): DecodedRecord {
  const firstOffset = bytes.readBigInt64BE(0);
  const isSound = hasRightChecksum(bytes);
  // Damaged bytes must not say how far to go: good records would be passed over without a word.
  let lastOffset = firstOffset;
  if (isSound) lastOffset += BigInt(Math.max(bytes.readInt32BE(BATCH_AT.lastOffsetDelta), 0));
  else if (next !== undefined && next > firstOffset) lastOffset = next - 1n;
  const codec = isSound ? bytes.readInt16BE(BATCH_AT.attributes) & BATCH_BITS.codec : undefined;
  const unreadable: UnreadableBatch = {
    codec: codec === undefined ? 'damaged' : (CODECS[codec] ?? `codec ${codec}`),
    firstOffset: String(firstOffset),
    lastOffset: String(lastOffset),
    records: isSound ? Math.max(bytes.readInt32BE(BATCH_AT.count), 1) : Number(lastOffset - firstOffset) + 1,
    reason,
  };
  const timestamp = isSound ? bytes.readBigInt64BE(BATCH_AT.maxTimestamp) : 0n;
  return extraRecord(String(lastOffset), timestamp, { unreadable });
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
  batchContext: NO_BATCH,
  ...more,
});
