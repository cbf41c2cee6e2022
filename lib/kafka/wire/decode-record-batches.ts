import { setMember } from '../../reading/set-member';
import { messageOf } from '../../reading/twin-error';
import { type DecodedRecord, decodeMessageSet, decodeRecordBatch, Decoder } from '../kafkajs-internals';
import { ByteReader } from './byte-reader';
import { BATCH_AT, BATCH_BITS, BATCH_LENGTH_END, MAGIC } from './record-batch';

const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

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
 * The records of one partition, in the form of kafkajs. A batch that cannot be decoded (a codec that is not built in,
 * damaged bytes) costs that batch, where kafkajs drops the whole response, without a word of topic or partition, and
 * fetches it again for ever. Keys and values are views of `bytes`.
 */
export async function decodeRecordBatches(bytes: Buffer): Promise<readonly DecodedRecord[]> {
  if (bytes.length <= BATCH_AT.magic) return [];
  // What producers before 0.11 have written is a list of single messages.
  if (bytes[BATCH_AT.magic] !== MAGIC) return decodeMessageSet(new Decoder(bytes), bytes.length);
  const records: DecodedRecord[] = [];
  let rest = bytes;
  while (rest.length >= BATCH_AT.records) {
    const size = BATCH_LENGTH_END + rest.readInt32BE(BATCH_AT.length);
    // The broker cuts the last batch where the requested size ends.
    if (rest.length < size) break;
    const batch = rest.subarray(0, size);
    rest = rest.subarray(size);
    try {
      const codec = batch.readInt16BE(BATCH_AT.attributes) & BATCH_BITS.codec;
      const decoded = codec === 0 ? decodePlain(batch) : (await decodeRecordBatch(new Decoder(batch))).records;
      for (const record of decoded) records.push(record);
    } catch (thrown) {
      records.push(standInFor(batch, messageOf(thrown)));
    }
  }
  return records;
}

/** An uncompressed batch (see record-batch.ts). */
function decodePlain(batch: Buffer): readonly DecodedRecord[] {
  const reader = new ByteReader(batch);
  const firstOffset = reader.int64();
  reader.int32();
  const partitionLeaderEpoch = reader.int32();
  const magicByte = reader.int8();
  reader.int32();
  const attributes = reader.int16();
  const lastOffsetDelta = reader.int32();
  const firstTimestamp = reader.int64();
  const maxTimestamp = reader.int64();
  const isAppendTime = (attributes & BATCH_BITS.logAppendTime) !== 0;
  const isControlBatch = (attributes & BATCH_BITS.control) !== 0;
  const batchContext = {
    firstOffset: String(firstOffset),
    firstTimestamp: String(firstTimestamp),
    partitionLeaderEpoch,
    inTransaction: (attributes & BATCH_BITS.transactional) !== 0,
    isControlBatch,
    lastOffsetDelta,
    producerId: String(reader.int64()),
    producerEpoch: reader.int16(),
    firstSequence: reader.int32(),
    maxTimestamp: String(maxTimestamp),
    timestampType: isAppendTime ? 1 : 0,
    magicByte,
  };
  const records: DecodedRecord[] = [];
  for (let left = reader.int32(); left > 0; left--) {
    const record = reader.part(reader.varint());
    const recordAttributes = record.int8();
    const timestamp = firstTimestamp + BigInt(record.varint());
    const offset = firstOffset + BigInt(record.varint());
    records.push({
      magicByte,
      attributes: recordAttributes,
      timestamp: String(isAppendTime ? maxTimestamp : timestamp),
      offset: String(offset),
      key: record.varBytes(),
      value: record.varBytes(),
      headers: headersOf(record),
      isControlRecord: isControlBatch,
      batchContext,
    });
  }
  return records;
}

type HeaderValue = Buffer | null;

function headersOf(record: ByteReader): Record<string, HeaderValue | HeaderValue[]> {
  const headers: Record<string, HeaderValue | HeaderValue[]> = {};
  for (let left = record.varint(); left > 0; left--) {
    const name = record.varString();
    const value = record.varBytes();
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    const all = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
    setMember(headers, name, all);
  }
  return headers;
}

function standInFor(batch: Buffer, reason: string): DecodedRecord {
  const firstOffset = batch.readBigInt64BE(0);
  const lastOffset = String(firstOffset + BigInt(batch.readInt32BE(BATCH_AT.lastOffsetDelta)));
  const codec = batch.readInt16BE(BATCH_AT.attributes) & BATCH_BITS.codec;
  const unreadable: UnreadableBatch = {
    codec: CODECS[codec] ?? `codec ${codec}`,
    firstOffset: String(firstOffset),
    lastOffset,
    records: batch.readInt32BE(BATCH_AT.count),
    reason,
  };
  return {
    unreadable,
    offset: lastOffset,
    timestamp: String(batch.readBigInt64BE(BATCH_AT.maxTimestamp)),
    key: null,
    value: null,
    headers: {},
    isControlRecord: false,
    batchContext: { inTransaction: false, producerId: '-1' },
  };
}
