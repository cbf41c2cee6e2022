import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { crc32c } from '../../delivery/checksum';
import { CODECS } from '../codecs/decompress';
import { ByteWriter, varBytesSize, varintSize } from './byte-writer';
import { BATCH_AT, MAGIC } from './record-batch';

/** A record to be written, checked before. */
export interface WireRecord {
  readonly key: string | Buffer | null;
  readonly value: string | Buffer | null;
  /** A key that occurs several times has a list. */
  readonly headers: Readonly<Record<string, string | Buffer | readonly (string | Buffer)[]>>;
  /** Epoch milliseconds. */
  readonly timestampMs: number;
}

export type WireCompression = 'none' | 'gzip';

type Header = readonly [name: string, value: string | Buffer];

const NO_PRODUCER = -1;
/** What a reading of the usual size takes, in bytes. */
const USUAL_BATCH_BYTES = 512;
const compressed = promisify(gzip);

/** Appends a record batch of one partition (see record-batch.ts), outside of any transaction. */
export async function encodeRecordBatch(
  writer: ByteWriter,
  records: readonly WireRecord[],
  compression: WireCompression,
): Promise<void> {
  const start = writer.length;
  let firstMs = Infinity;
  let lastMs = -Infinity;
  for (const { timestampMs } of records) {
    firstMs = Math.min(firstMs, timestampMs);
    lastMs = Math.max(lastMs, timestampMs);
  }
  writer.int64(0).int32(0).int32(0).int8(MAGIC).int32(0).int16(CODECS.indexOf(compression));
  writer
    .int32(records.length - 1)
    .int64(firstMs)
    .int64(lastMs);
  writer.int64(NO_PRODUCER).int16(0).int32(0).int32(records.length);
  if (compression === 'none') encodeRecords(writer, records, firstMs);
  else {
    const plain = new ByteWriter(USUAL_BATCH_BYTES * records.length);
    encodeRecords(plain, records, firstMs);
    writer.bytes(await compressed(plain.written));
  }
  writer.setLength(start + BATCH_AT.length);
  writer.setInt32(start + BATCH_AT.crc, crc32c(writer.written, 0, start + BATCH_AT.attributes));
}

function encodeRecords(writer: ByteWriter, records: readonly WireRecord[], firstMs: number): void {
  let offsetDelta = 0;
  for (const { key, value, headers, timestampMs } of records) {
    const timestampDelta = timestampMs - firstMs;
    const all = headersOf(headers);
    const attributesSize = 1;
    let size = attributesSize + varintSize(timestampDelta) + varintSize(offsetDelta);
    size += varBytesSize(key) + varBytesSize(value) + varintSize(all.length);
    for (const [name, header] of all) size += varBytesSize(name) + varBytesSize(header);
    writer.varint(size).int8(0).varint(timestampDelta).varint(offsetDelta++);
    writer.varBytes(key).varBytes(value).varint(all.length);
    for (const [name, header] of all) writer.varBytes(name).varBytes(header);
  }
}

function headersOf(headers: WireRecord['headers']): readonly Header[] {
  const all: Header[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (Array.isArray(value)) for (const one of value as readonly (string | Buffer)[]) all.push([name, one]);
    else all.push([name, value as string | Buffer]);
  }
  return all;
}
