import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { compress as lz4 } from 'lz4js';
import { compress as snappy } from 'snappyjs';
import { crc32c } from '../../lib/delivery/checksum';
import { ByteWriter } from '../../lib/kafka/wire/byte-writer';
import { decodeRecords } from '../../lib/kafka/wire/decode-records';
import { encodeRecordBatch, type WireRecord } from '../../lib/kafka/wire/encode-record-batch';
import { BATCH_AT, type DecodedRecord, LENGTH_END } from '../../lib/kafka/wire/record-batch';
import { unreadableBatchOf } from '../../lib/kafka/wire/unreadable-batch';
import { fuzz } from './fuzz';
import { between, mutate, nastyText, pick } from './material';

const ALPHABET = Buffer.from([0x00, 0x01, 0x02, 0x7f, 0x80, 0xfe, 0xff]);
const CODECS = { snappy: 2, lz4: 3 };

function randomRecord(random: () => number): WireRecord {
  const bytes = (): string | Buffer | null =>
    pick(random, [null, nastyText(random, 20), Buffer.from(nastyText(random))]);
  const names = Array.from({ length: between(random, 0, 3) }, () => pick(random, ['__proto__', nastyText(random)]));
  const headers = Object.fromEntries(
    names.map((name) => [name, random() < 0.3 ? [nastyText(random), nastyText(random)] : nastyText(random)]),
  );
  return { key: bytes(), value: bytes(), headers, timestampMs: between(random, 0, 8.64e15) };
}

/** A batch with the length and the checksum that belong to what it holds now. */
function signed(batch: Buffer): Buffer {
  if (batch.length < BATCH_AT.records) return batch;
  batch.writeInt32BE(batch.length - LENGTH_END, BATCH_AT.length);
  batch.writeUInt32BE(crc32c(batch, 0, BATCH_AT.attributes), BATCH_AT.crc);
  return batch;
}

async function batchOf(random: () => number, records: readonly WireRecord[]): Promise<Buffer> {
  const writer = new ByteWriter(1);
  const compression = pick(random, ['none', 'none', 'gzip', 'snappy', 'lz4'] as const);
  await encodeRecordBatch(writer, records, compression === 'gzip' ? 'gzip' : 'none');
  const batch = Buffer.from(writer.written);
  if (compression !== 'snappy' && compression !== 'lz4') return batch;
  batch.writeInt16BE(CODECS[compression], BATCH_AT.attributes);
  const [head, plain] = [batch.subarray(0, BATCH_AT.records), batch.subarray(BATCH_AT.records)];
  return signed(Buffer.concat([head, compression === 'snappy' ? snappy(plain) : lz4(plain)]));
}

const asBytes = (value: string | Buffer | null): Buffer | null => (value === null ? null : Buffer.from(value));

/** What is refused as a whole is asked for again. */
async function readOrRefused(bytes: Buffer): Promise<readonly DecodedRecord[]> {
  try {
    return await decodeRecords(bytes);
  } catch (thrown) {
    assert.ok(thrown instanceof RangeError);
    return [];
  }
}

describe('what brokers send', () => {
  fuzz('batches of Kafka', 'come back as they were written, and cost themselves alone when damaged', async (random) => {
    const records = Array.from({ length: between(random, 1, 5) }, () => randomRecord(random));
    const whole = await batchOf(random, records);
    const read = await decodeRecords(whole);
    assert.deepEqual(
      read.map(({ key, value, timestamp }) => [key, value, timestamp]),
      records.map(({ key, value, timestampMs }) => [asBytes(key), asBytes(value), String(timestampMs)]),
    );
    assert.deepEqual(
      read.map(({ headers }) => Object.keys(headers as object)),
      // Half a surrogate pair is no UTF-8.
      records.map(({ headers }) => [...new Set(Object.keys(headers).map((name) => String(Buffer.from(name))))]),
    );

    // Where content and checksum agree, the records themselves are damaged.
    const damaged = mutate(random, whole, ALPHABET);
    const bad = random() < 0.7 ? signed(damaged) : damaged;
    const messages = await readOrRefused(Buffer.concat([bad, whole]));
    for (const message of messages) {
      assert.match(message.offset, /^-?\d+$/);
      const unreadable = unreadableBatchOf(message);
      if (unreadable) assert.ok(unreadable.records > 0 && unreadable.reason !== '', unreadable.reason);
    }
    await readOrRefused(mutate(random, Buffer.concat([whole, bad, whole]), ALPHABET));
  });
});
