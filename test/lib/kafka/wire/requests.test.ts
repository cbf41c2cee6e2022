import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ByteReader } from '../../../../lib/kafka/wire/byte-reader';
import { ByteWriter, varintSize } from '../../../../lib/kafka/wire/byte-writer';
import type { WireRecord } from '../../../../lib/kafka/wire/encode-record-batch';
import { encodeFetchRequest, type FetchRequest } from '../../../../lib/kafka/wire/fetch-request';
import { decodeProduceResponse, encodeProduceRequest, type ProduceRequest } from '../../../../lib/kafka/wire/produce';
import { seededRandom } from '../../../support/seeded-random';
import { Encoder, fetchRequest, produceRequest } from './kafkajs-protocol';

const random = seededRandom(11);
const whole = (most: number): number => Math.floor(random() * (most + 1));
const text = (): string => Array.from({ length: whole(60) }, () => 'aä€🌡 "\\{'.charAt(whole(8))).join('');
const bytes = (): string | Buffer | null => {
  const kind = whole(3);
  if (kind === 0) return null;
  return kind === 1 ? text() : Buffer.from(Array.from({ length: whole(300) }, () => whole(255)));
};
const header = (): string | Buffer => (whole(1) ? text() : Buffer.from([whole(255)]));

/** Times of as many digits, as kafkajs takes the least of them as texts. */
function someRecord(): WireRecord {
  const names = Array.from({ length: whole(3) }, () => (whole(9) ? text() : '__proto__'));
  const headers = Object.fromEntries(names.map((name) => [name, whole(2) ? header() : [header(), header()]]));
  return {
    key: bytes(),
    value: bytes(),
    headers,
    timestampMs: 1e12 + whole(8.9e12),
  };
}

const byKafkajs = (records: readonly WireRecord[], compression: number): Promise<{ buffer: Buffer }> => {
  const messages = records.map(({ timestampMs, ...rest }) => ({ ...rest, timestamp: String(timestampMs) }));
  const partitions = [{ partition: 3, firstSequence: 0, messages }];
  const topicData = [{ topic: 'Tüpic', partitions }];
  return produceRequest({
    acks: -1,
    timeout: 30_000,
    compression,
    topicData,
    producerId: -1,
    producerEpoch: 0,
  }).encode();
};

async function written(request: ProduceRequest): Promise<Buffer> {
  // It grows from any size.
  const writer = new ByteWriter(1 + whole(100));
  await encodeProduceRequest(writer, request);
  return writer.written;
}

function fetched(request: FetchRequest): Buffer {
  const writer = new ByteWriter(1);
  encodeFetchRequest(writer, request);
  return writer.written;
}

describe('A produce request', () => {
  const request = { topic: 'Tüpic', partition: 3, timeoutMs: 30_000 };

  it('has the bytes that kafkajs writes', async () => {
    for (let round = 0; round < 300; round++) {
      const records = Array.from({ length: 1 + whole(9) }, someRecord);
      const ours = await written({ ...request, records, compression: 'none' });
      assert.deepEqual(ours, (await byKafkajs(records, 0)).buffer);
    }
  });

  it('has them when it is compressed, and when it holds many records', async () => {
    const records = Array.from({ length: 2_000 }, someRecord);
    for (const [code, compression] of (['none', 'gzip'] as const).entries()) {
      const ours = await written({ ...request, records, compression });
      assert.deepEqual(ours, (await byKafkajs(records, code)).buffer);
    }
  });
});

describe('A produce response', () => {
  it('is read in every version that is asked for, and refused when it ends too early', () => {
    for (const version of [3, 4, 5, 6, 7]) {
      const encoder = new Encoder().writeInt32(1).writeString('Tüpic').writeInt32(1).writeInt32(3).writeInt16(6);
      encoder.writeInt64('9007199254740993').writeInt64(-1);
      if (version >= 5) encoder.writeInt64(0);
      const payload = encoder.writeInt32(250).buffer;
      const expected = { errorCode: 6, baseOffset: 9_007_199_254_740_993n };
      const clientSideThrottleTime = version >= 6 ? 250 : 0;
      assert.deepEqual(decodeProduceResponse(payload, version), { ...expected, clientSideThrottleTime });
      assert.throws(() => decodeProduceResponse(payload.subarray(0, -1), version), RangeError);
    }
  });
});

describe('A fetch request', () => {
  const partition = (): FetchRequest['topics'][number]['partitions'][number] => ({
    partition: whole(100),
    fetchOffset: String(BigInt(whole(1e9)) * BigInt(whole(9e9))),
    maxBytes: whole(1e6),
  });
  const limits = { maxWaitTime: 500, minBytes: 1, maxBytes: 10_485_760, isolationLevel: 1 };

  it('has the bytes that kafkajs writes', async () => {
    for (let round = 0; round < 50; round++) {
      const topics = whole(9) === 0 ? [] : [{ topic: text(), partitions: [partition()] }];
      const request = { ...limits, topics, rackId: text() };
      const theirs = await fetchRequest({ ...request, replicaId: -1 }).encode();
      assert.deepEqual(fetched(request), theirs.buffer);
    }
  });

  it('asks for each of many partitions once, and for each of them first at times', () => {
    const topics = ['a', 'b'].map((topic) => ({
      topic,
      partitions: [1, 2, 3].map((id) => ({ ...partition(), partition: id })),
    }));
    const first = new Set<string>();
    for (let round = 0; round < 500; round++) {
      const reader = new ByteReader(fetched({ ...limits, topics }));
      reader.take(4 * 4 + 1 + 2 * 4);
      const asked: string[] = [];
      for (let left = reader.int32(); left > 0; left--) {
        const topic = reader.string();
        for (let partitions = reader.int32(); partitions > 0; partitions--) {
          asked.push(`${topic}${reader.int32()}`);
          reader.take(4 + 8 + 8 + 4);
        }
      }
      assert.deepEqual([...asked].sort(), ['a1', 'a2', 'a3', 'b1', 'b2', 'b3']);
      first.add(asked[0] ?? '');
    }
    assert.equal(first.size, 6);
  });
});

describe('A variable-length integer', () => {
  const integers = [0, -1, 1, 63, -64, 64, -65, 8_191, 8_192, 2 ** 31 - 1, -(2 ** 31)];

  it('has the bytes that kafkajs writes, and comes back', () => {
    for (const value of [...integers, ...Array.from({ length: 500 }, () => whole(2 ** 32) - 2 ** 31)]) {
      const writer = new ByteWriter(1).varint(value);
      assert.deepEqual(writer.written, new Encoder().writeVarInt(value).buffer, String(value));
      assert.equal(varintSize(value), writer.length);
      assert.equal(new ByteReader(writer.written).varint(), value);
    }
    for (const value of [2 ** 40, -(2 ** 40), -(2 ** 51), 8.64e15]) {
      const writer = new ByteWriter(1).varint(value);
      assert.deepEqual(writer.written, new Encoder().writeVarLong(value).buffer, String(value));
      assert.equal(new ByteReader(writer.written).varlong(), BigInt(value));
    }
  });

  it('that does not end is refused', () => {
    assert.throws(() => new ByteReader(Buffer.alloc(100, 0xff)).varint(), RangeError);
    assert.throws(() => new ByteReader(Buffer.alloc(100, 0xff)).varlong(), RangeError);
    assert.throws(() => new ByteReader(Buffer.alloc(2, 0xff)).varint(), RangeError);
  });
});
