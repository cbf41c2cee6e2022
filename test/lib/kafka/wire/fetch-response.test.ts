import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { crc32, crc32c } from '../../../../lib/delivery/checksum';
import { unreadableBatchOf } from '../../../../lib/kafka/wire/unreadable-batch';
import { MAX_DECOMPRESSED_BYTES } from '../../../../lib/kafka/codecs/decompress';
import { ByteWriter } from '../../../../lib/kafka/wire/byte-writer';
import { encodeRecordBatch } from '../../../../lib/kafka/wire/encode-record-batch';
import { decodeFetchResponse } from '../../../../lib/kafka/wire/fetch-response';
import { seededRandom } from '../../../support/seeded-random';
import {
  Batch,
  Encoder,
  fetchResponse,
  type KafkajsEncoder,
  Long,
  messageSet,
  RecordBatch,
  recordOf,
} from './kafkajs-protocol';

interface Message {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly isControlRecord: boolean;
}

interface Decoded {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly Message[] }[] }[];
}

const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LAST_DELTA_AT = 23;
const COUNT_AT = 57;
const LOG_APPEND_TIME = 0x08;
const CONTROL = 0x20;

interface BatchForm {
  readonly firstOffset?: string;
  readonly values?: readonly string[];
  readonly compression?: number;
  readonly transactional?: boolean;
  readonly bits?: number;
  readonly lastOffsetDelta?: number;
}

const facts = ({ offset, key, value, timestamp }: Message): unknown[] => [
  ...[offset, key, value],
  // Those of magic 0 have none.
  Number(timestamp || 0),
];

/** A message of magic 0 or 1 that holds others, compressed with gzip. */
function wrapped(magic: number, value: Buffer, offset: string, bits = 0): Buffer {
  const body = new Encoder().writeInt8(magic).writeInt8(1 | bits);
  if (magic > 0) body.writeInt64(1_400_000_000_000);
  const checked = Buffer.from(body.writeInt32(-1).writeInt32(value.length).writeBuffer(value).buffer);
  const head = new Encoder()
    .writeInt64(offset)
    .writeInt32(4 + checked.length)
    .writeInt32(crc32(checked) | 0);
  return Buffer.concat([head.buffer, checked]);
}

/** A batch as a broker sends it. */
async function batch({ firstOffset = '5', values = ['a', 'b'], bits = 0, ...rest }: BatchForm): Promise<Buffer> {
  const records = values.map((value, offsetDelta) => {
    const headers = { h: 'x', twice: ['1', Buffer.from([0xff])], __proto__h: 'p' };
    return recordOf({ offsetDelta, timestampDelta: 7 * offsetDelta, key: offsetDelta ? value : null, value, headers });
  });
  const times = { firstTimestamp: 1_700_000_000_000, maxTimestamp: 1_700_000_000_500 };
  const { buffer } = await RecordBatch({ records, ...times, lastOffsetDelta: values.length - 1, ...rest });
  const bytes = Buffer.from(buffer);
  bytes.writeBigInt64BE(BigInt(firstOffset), 0);
  bytes.writeInt16BE(bytes.readInt16BE(ATTRIBUTES_AT) | bits, ATTRIBUTES_AT);
  return signed(bytes);
}

/** With the checksum that belongs to it. */
function signed(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(crc32c(bytes, 0, ATTRIBUTES_AT), CRC_AT);
  return bytes;
}

interface Partition {
  readonly errorCode?: number;
  readonly aborted?: readonly (readonly [string, string])[];
  readonly records: Buffer;
}

function response(partitions: readonly Partition[]): Buffer {
  const encoder: KafkajsEncoder = new Encoder();
  encoder.writeInt32(3).writeInt16(0).writeInt32(0).writeInt32(2).writeString('empty').writeInt32(0);
  encoder.writeString('Tüpic').writeInt32(partitions.length);
  partitions.forEach(({ errorCode = 0, aborted = [], records }, partition) => {
    encoder.writeInt32(partition).writeInt16(errorCode).writeInt64('9007199254740995').writeInt64(8).writeInt64(1);
    encoder.writeInt32(aborted.length);
    for (const [producer, offset] of aborted) encoder.writeInt64(producer).writeInt64(offset);
    encoder.writeInt32(-1).writeInt32(records.length).writeBuffer(records);
  });
  return Buffer.from(encoder.buffer);
}

const messagesOf = (decoded: unknown): readonly Message[] =>
  (decoded as Decoded).responses.flatMap(({ partitions }) => partitions.flatMap(({ messages }) => messages));

async function assertSame(payload: Buffer): Promise<void> {
  assert.deepEqual(await decodeFetchResponse(payload), await fetchResponse.decode(payload));
}

describe('A fetch response', () => {
  it('is read as kafkajs reads it', async () => {
    const [first, second] = [await batch({}), await batch({ firstOffset: '9007199254740993', values: ['c'] })];
    await assertSame(response([]));
    await assertSame(response([{ records: Buffer.alloc(0) }, { records: first }]));
    await assertSame(response([{ records: Buffer.concat([first, second]) }, { records: second, errorCode: 1 }]));
    await assertSame(response([{ records: await batch({ values: ['ü'.repeat(300), ''] }) }]));
    await assertSame(response([{ records: await batch({ bits: LOG_APPEND_TIME }) }]));
    await assertSame(response([{ records: await batch({ compression: 1 }) }]));
  });

  it('is read so with transactions, their markers, and what they have aborted', async () => {
    const data = await batch({ transactional: true });
    const marker = await batch({ transactional: true, bits: CONTROL, values: ['m'] });
    const records = Buffer.concat([data, marker]);
    await assertSame(response([{ records, aborted: [['-1', '5']] }]));
  });

  it('is read so when the broker has cut the last batch', async () => {
    const [first, second] = [await batch({}), await batch({ firstOffset: '7' })];
    for (const bytes of [1, 12, 40, second.length - 1]) {
      const records = Buffer.concat([first, second.subarray(0, bytes)]);
      const decoded = await decodeFetchResponse(response([{ records }]));
      assert.equal(messagesOf(decoded).length, 2, `${bytes} bytes of the second`);
      await assertSame(response([{ records }]));
    }
    await assertSame(response([{ records: first.subarray(0, 30) }]));
  });

  it('is read so with messages that were written before Kafka 0.11', async () => {
    const entries = [{ key: 'k', value: 'v', timestamp: 1_400_000_000_000 }, { value: 'ü' }];
    for (const messageVersion of [0, 1]) {
      const { buffer } = messageSet({ messageVersion, compression: 0, entries });
      const records = Buffer.concat([await batch({}), await batch({ firstOffset: '7' })]);
      const payload = response([{ records: Buffer.from(buffer) }, { records }]);
      const [ours, theirs] = [await decodeFetchResponse(payload), await fetchResponse.decode(payload)];
      assert.deepEqual(messagesOf(ours).map(facts), messagesOf(theirs).map(facts));
      assert.equal(messagesOf(ours).length, 6);
    }
  });

  it('is read so with compressed messages of that time, whose offsets count up to the last', async () => {
    for (const messageVersion of [0, 1]) {
      const { buffer } = messageSet({ messageVersion, compression: 1, entries: [{ value: 'v' }, { value: 'w' }] });
      const records = wrapped(messageVersion, gzipSync(buffer), '41');
      const payload = response([{ records: Buffer.concat([records, await batch({ firstOffset: '42' })]) }]);
      const offsets = messagesOf(await decodeFetchResponse(payload)).map(({ offset }) => offset);
      assert.deepEqual(offsets, messageVersion === 0 ? ['0', '1', '42', '43'] : ['40', '41', '42', '43']);
      const theirs = messagesOf(await fetchResponse.decode(response([{ records }]))).map(facts);
      const ours = messagesOf(await decodeFetchResponse(response([{ records }]))).map(facts);
      assert.deepEqual(ours, theirs);
    }
  });

  it('has the time of the broker for them, where that counts', async () => {
    const { buffer } = messageSet({ messageVersion: 1, compression: 1, entries: [{ value: 'v', timestamp: 7 }] });
    const records = wrapped(1, gzipSync(buffer), '41', LOG_APPEND_TIME);
    const [message] = messagesOf(await decodeFetchResponse(response([{ records }])));
    assert.equal(message?.timestamp, '1400000000000');
  });

  it('leads behind what compaction has removed from the end of a batch', async () => {
    const emptied = await batch({ values: [], lastOffsetDelta: 4 });
    const [marker] = messagesOf(await decodeFetchResponse(response([{ records: emptied }])));
    assert.deepEqual([marker?.offset, marker?.isControlRecord], ['9', true]);
    const seen = new Batch('Tüpic', '5', { messages: [marker], abortedTransactions: [] });
    assert.deepEqual([seen.isEmptyDueToFiltering(), seen.lastOffset()], [true, '9'], 'kafkajs moves on');
    const shortened = await batch({ values: ['a'], lastOffsetDelta: 2 });
    const left = messagesOf(await decodeFetchResponse(response([{ records: shortened }])));
    assert.deepEqual(
      left.map(({ offset, isControlRecord }) => [offset, isControlRecord]),
      [
        ['5', false],
        ['7', true],
      ],
    );
  });

  it('is read fast, and under its own names, whatever its headers are', async () => {
    const value = Buffer.from('x');
    const names = [...Array.from({ length: 30_000 }, (_, i) => `name ${i}`), 'constructor', '__proto__'];
    const many = Object.fromEntries(names.map((name) => [name, value]));
    const headers = Object.assign(many, { repeated: Array.from({ length: 100_000 }, () => value) });
    for (const compression of ['none', 'gzip'] as const) {
      const writer = new ByteWriter(100);
      await encodeRecordBatch(writer, [{ key: null, value, headers, timestampMs: 1 }], compression);
      const [message] = messagesOf(await decodeFetchResponse(response([{ records: writer.written }])));
      assert.deepEqual(Object.keys(message?.headers ?? {}).sort(), [...names, 'repeated'].sort());
      assert.equal((message?.headers['repeated'] as unknown[]).length, 100_000);
      assert.deepEqual(message?.headers['constructor'], value);
    }
  });

  it('holds times of any size', async () => {
    for (const [first, delta] of [
      ['1700000000000000000', '-1699998300000000000'],
      ['0', '9223372036854775807'],
      ['5', '-9007199254740995'],
    ] as const) {
      const records = [recordOf({ timestampDelta: Long.fromString(delta), key: null, value: 'v' })];
      const { buffer } = await RecordBatch({ records, firstTimestamp: first, maxTimestamp: first });
      const [message] = messagesOf(await decodeFetchResponse(response([{ records: Buffer.from(buffer) }])));
      assert.equal(message?.timestamp, String(BigInt(first) + BigInt(delta)));
    }
  });

  it('brings back what a producer has written, whatever its times', async () => {
    const times = [1_700_000_000_000, 0, 8.64e15, 999];
    const records = times.map((timestampMs) => ({ key: null, value: 'v', headers: {}, timestampMs }));
    const writer = new ByteWriter(1);
    await encodeRecordBatch(writer, records, 'none');
    const messages = messagesOf(await decodeFetchResponse(response([{ records: writer.written }])));
    assert.deepEqual(
      messages.map(({ timestamp }) => timestamp),
      times.map(String),
    );
  });

  it('costs a damaged batch, whatever was damaged in it, and none beside it', async () => {
    const random = seededRandom(5);
    const good = await batch({ firstOffset: '100', values: ['good'] });
    for (const compression of [0, 1]) {
      const bad = await batch({ values: ['one', 'two', 'three'], compression });
      for (let round = 0; round < 1_000; round++) {
        const damaged = Buffer.from(bad);
        // Not what says where the batch ends, and in what format it is.
        const at = CRC_AT + Math.floor(random() * (damaged.length - CRC_AT));
        damaged[at] = (damaged[at] ?? 0) ^ (1 + Math.floor(random() * 255));
        const records = Buffer.concat([damaged, good]);
        const messages = messagesOf(await decodeFetchResponse(response([{ records }])));
        const unreadable = messages[0] && unreadableBatchOf(messages[0]);
        // Up to where the next one begins, whatever the damaged bytes say.
        assert.deepEqual([unreadable?.firstOffset, unreadable?.lastOffset], ['5', '99'], `byte ${at}`);
        assert.deepEqual(
          messages.slice(1).map(({ value }) => String(value)),
          ['good'],
        );
      }
    }
  });

  it('says no more than the first offset of a damaged batch behind which nothing is known', async () => {
    const damaged = await batch({});
    damaged.writeInt32BE(1_048_578, LAST_DELTA_AT);
    const [message] = messagesOf(await decodeFetchResponse(response([{ records: damaged }])));
    const { firstOffset, lastOffset, records, codec } = unreadableBatchOf(message ?? {}) ?? {};
    assert.deepEqual([firstOffset, lastOffset, records, codec], ['5', '5', 1, 'damaged']);
  });

  it('costs a batch whose checksum is right and whose content is not', async () => {
    const good = await batch({ firstOffset: '100', values: ['good'] });
    const changes: readonly (readonly [string, (bytes: Buffer) => void])[] = [
      ['no end of records', (bytes) => bytes.writeInt32BE(2 ** 31 - 1, COUNT_AT)],
      ['fewer than none', (bytes) => bytes.writeInt32BE(-5, COUNT_AT)],
      ['fewer than there are', (bytes) => bytes.writeInt32BE(1, COUNT_AT)],
      ['more than the memory should hold', (bytes) => bytes.writeInt32BE(1_000_001, COUNT_AT)],
      ['an unknown format', (bytes) => bytes.writeInt8(3, MAGIC_AT)],
      ['an unknown codec', (bytes) => bytes.writeInt16BE(6, ATTRIBUTES_AT)],
      ['a codec that it was not compressed with', (bytes) => bytes.writeInt16BE(2, ATTRIBUTES_AT)],
    ];
    for (const [what, change] of changes) {
      const bad = await batch({});
      change(bad);
      const messages = messagesOf(
        await decodeFetchResponse(response([{ records: Buffer.concat([signed(bad), good]) }])),
      );
      assert.equal(unreadableBatchOf(messages[0] ?? {})?.lastOffset, '6', what);
      assert.equal(String(messages[1]?.value), 'good', what);
    }
  });

  it('costs a batch that would fill the memory', async () => {
    const value = Buffer.alloc(MAX_DECOMPRESSED_BYTES);
    const writer = new ByteWriter(100);
    await encodeRecordBatch(writer, [{ key: null, value, headers: {}, timestampMs: 1 }], 'gzip');
    const [message] = messagesOf(await decodeFetchResponse(response([{ records: writer.written }])));
    assert.equal(unreadableBatchOf(message ?? {})?.codec, 'gzip');
  });

  it('of which nobody knows where the next batch begins is read up to there', async () => {
    for (const length of [-100, -12, 0, 4]) {
      const bad = await batch({ firstOffset: '7' });
      bad.writeInt32BE(length, 8);
      const records = Buffer.concat([await batch({}), bad]);
      const messages = messagesOf(await decodeFetchResponse(response([{ records }])));
      assert.deepEqual(
        messages.map(({ offset }) => offset),
        ['5', '6'],
      );
      await assert.rejects(decodeFetchResponse(response([{ records: bad }])), RangeError);
    }
  });

  it('that ends too early is refused', async () => {
    const whole = response([{ records: await batch({}) }]);
    for (const bytes of [0, 3, 20, 60, whole.length - 1]) {
      await assert.rejects(decodeFetchResponse(whole.subarray(0, bytes)), RangeError);
    }
  });
});
