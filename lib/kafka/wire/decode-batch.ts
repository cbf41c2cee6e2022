import { setMember } from '../../reading/set-member';
import { decompress } from '../codecs/decompress';
import { ByteReader } from './byte-reader';
import { BATCH_BITS, type DecodedRecord, hasRightChecksum } from './record-batch';
import { markerAt } from './unreadable-batch';

/** A record that is next to nothing when compressed still takes some 160 bytes of memory. */
const MAX_RECORDS = 1_000_000;

interface BatchContext {
  readonly firstOffset: bigint;
  readonly firstTimestamp: bigint;
  /** The time of every record, where the broker gives it. */
  readonly appendTimestamp: bigint | undefined;
  readonly magicByte: number;
  readonly isControlBatch: boolean;
  /** As kafkajs has it. */
  readonly shown: object;
}

/**
 * The records of a batch (see record-batch.ts). Where compaction has removed the last of them, a marker stands at the
 * end of the batch: else the batch would be fetched again and again.
 *
 * @throws Error when the bytes are damaged
 */
export async function decodeBatch(batch: Buffer): Promise<readonly DecodedRecord[]> {
  const reader = new ByteReader(batch);
  const firstOffset = reader.int64();
  reader.int32();
  const partitionLeaderEpoch = reader.int32();
  const magicByte = reader.int8();
  reader.int32();
  if (!hasRightChecksum(batch)) throw new RangeError('its checksum is wrong');
  const attributes = reader.int16();
  const lastOffsetDelta = reader.int32();
  const firstTimestamp = reader.int64();
  const maxTimestamp = reader.int64();
  const isAppendTime = (attributes & BATCH_BITS.logAppendTime) !== 0;
  const isControlBatch = (attributes & BATCH_BITS.control) !== 0;
  const shown = {
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
  const appendTimestamp = isAppendTime ? maxTimestamp : undefined;
  const context = { firstOffset, firstTimestamp, appendTimestamp, magicByte, isControlBatch, shown };
  const count = reader.int32();
  const plain = await decompress(attributes & BATCH_BITS.codec, reader.take(reader.left));
  const records = decodeAll(new ByteReader(plain), count, context);
  const lastOffset = firstOffset + BigInt(lastOffsetDelta);
  if (String(lastOffset) !== records.at(-1)?.offset) records.push(markerAt(lastOffset, maxTimestamp));
  return records;
}

function decodeAll(reader: ByteReader, count: number, context: BatchContext): DecodedRecord[] {
  const { firstOffset, firstTimestamp, appendTimestamp, magicByte, isControlBatch, shown } = context;
  if (count < 0 || count > MAX_RECORDS) throw new RangeError(`${count} records`);
  const records: DecodedRecord[] = [];
  for (let left = count; left > 0; left--) {
    const record = reader.part(reader.varint());
    const attributes = record.int8();
    const timestamp = firstTimestamp + record.varlong();
    records.push({
      magicByte,
      attributes,
      timestamp: String(appendTimestamp ?? timestamp),
      offset: String(firstOffset + BigInt(record.varint())),
      key: record.varBytes(),
      value: record.varBytes(),
      headers: headersOf(record),
      isControlRecord: isControlBatch,
      batchContext: shown,
    });
  }
  if (reader.left > 0) throw new RangeError(`${reader.left} bytes behind the last of ${count} records`);
  return records;
}

type HeaderValue = Buffer | null;

function headersOf(record: ByteReader): Record<string, HeaderValue | HeaderValue[]> {
  const headers: Record<string, HeaderValue | HeaderValue[]> = {};
  for (let left = record.varint(); left > 0; left--) {
    const name = record.varString();
    const value = record.varBytes();
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
    if (Array.isArray(before)) before.push(value);
    else setMember(headers, name, before === undefined ? value : [before, value]);
  }
  return headers;
}
