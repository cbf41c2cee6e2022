import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unreadableBatchOf } from '../../../../lib/kafka/wire/decode-record-batches';
import { decodeFetchResponse } from '../../../../lib/kafka/wire/fetch-response';
import { seededRandom } from '../../../support/seeded-random';
import { Encoder, fetchResponse, type KafkajsEncoder, messageSet, RecordBatch, recordOf } from './kafkajs-protocol';

interface Decoded {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: readonly object[] }[] }[];
}

const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const LOG_APPEND_TIME = 0x08;
const CONTROL = 0x20;

interface Batch {
  readonly firstOffset?: string;
  readonly values?: readonly string[];
  readonly compression?: number;
  readonly transactional?: boolean;
  readonly bits?: number;
}

/** A batch as a broker sends it. */
async function batch({ firstOffset = '5', values = ['a', 'b'], bits = 0, ...rest }: Batch): Promise<Buffer> {
  const records = values.map((value, offsetDelta) => {
    const headers = { h: 'x', twice: ['1', Buffer.from([0xff])], __proto__h: 'p' };
    return recordOf({ offsetDelta, timestampDelta: 7 * offsetDelta, key: offsetDelta ? value : null, value, headers });
  });
  const times = { firstTimestamp: 1_700_000_000_000, maxTimestamp: 1_700_000_000_500 };
  const { buffer } = await RecordBatch({ records, ...times, lastOffsetDelta: values.length - 1, ...rest });
  const bytes = Buffer.from(buffer);
  bytes.writeBigInt64BE(BigInt(firstOffset), 0);
  bytes.writeInt16BE(bytes.readInt16BE(ATTRIBUTES_AT) | bits, ATTRIBUTES_AT);
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

const messagesOf = (decoded: unknown): readonly object[] =>
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
    await assertSame(response([{ records: await batch({ values: [] }) }]));
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
    for (const messageVersion of [0, 1]) {
      const entries = [{ key: 'k', value: 'v', timestamp: 1_400_000_000_000 }, { value: 'w' }];
      const { buffer } = messageSet({ messageVersion, compression: 0, entries });
      await assertSame(response([{ records: Buffer.from(buffer) }, { records: await batch({}) }]));
    }
  });

  it('costs a damaged batch, whatever was damaged in it, and none beside it', async () => {
    const random = seededRandom(5);
    const good = await batch({ firstOffset: '100', values: ['good'] });
    const bad = await batch({ values: ['one', 'two', 'three'] });
    let unreadable = 0;
    for (let round = 0; round < 2_000; round++) {
      const damaged = Buffer.from(bad);
      // Not what says where the batch ends and what it is.
      const at = CRC_AT + Math.floor(random() * (damaged.length - CRC_AT));
      damaged[at] = Math.floor(random() * 256);
      const decoded = await decodeFetchResponse(response([{ records: Buffer.concat([damaged, good]) }]));
      const messages = messagesOf(decoded);
      assert.deepEqual((messages.at(-1) as { value: Buffer }).value, Buffer.from('good'));
      unreadable += messages.filter((message) => unreadableBatchOf(message)).length;
    }
    assert.ok(unreadable > 100, `${unreadable} could not be read`);
  });

  it('that ends too early is refused', async () => {
    const whole = response([{ records: await batch({}) }]);
    for (const bytes of [0, 3, 20, 60, whole.length - 1]) {
      await assert.rejects(decodeFetchResponse(whole.subarray(0, bytes)), RangeError);
    }
  });
});
