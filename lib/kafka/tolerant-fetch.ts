import { extended } from '../reading/extended';
import { messageOf } from '../reading/twin-error';
import { type DecodedRecord, decodeRecordBatch, Decoder, type ResponseDecoder } from './kafkajs-internals';

/** The version of the fetch response that brokers since 2.3 agree on with kafkajs, and that is read here. */
const FETCH_VERSION = 11;
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
 * Decodes a fetch response like kafkajs, but when that fails (a codec that is not built in, damaged bytes) reads it
 * again batch by batch: one bad batch then costs that batch, where kafkajs drops the whole response, without a word of
 * topic or partition, and fetches it again for ever.
 */
export const tolerantFetchResponse = (response: ResponseDecoder, apiVersion: number): ResponseDecoder => ({
  decode: async (payload) => {
    try {
      return await response.decode(payload);
    } catch (thrown) {
      if (apiVersion !== FETCH_VERSION) throw thrown;
      return decodeFetchResponse(new FetchReader(payload));
    }
  },
  parse: (decoded) => response.parse(decoded),
});

/**
 * Fetch response, version 11 (big-endian; an array is an int32 count and its elements):
 *   throttle int32, error int16, session int32, [topic string, [partition]]
 *   partition: id int32, error int16, high watermark, last stable and log start offset int64,
 *              [aborted: producer int64, first offset int64], preferred replica int32, records bytes
 */
async function decodeFetchResponse(reader: FetchReader): Promise<unknown> {
  const clientSideThrottleTime = reader.int32();
  const errorCode = reader.int16();
  const sessionId = reader.int32();
  const responses: { topicName: string; partitions: unknown[] }[] = [];
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topicName = reader.string();
    const partitions: unknown[] = [];
    for (let left = reader.int32(); left > 0; left--) partitions.push(await decodePartition(reader));
    responses.push({ topicName, partitions });
  }
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

async function decodePartition(reader: FetchReader): Promise<unknown> {
  const header = {
    partition: reader.int32(),
    errorCode: reader.int16(),
    highWatermark: reader.int64(),
    lastStableOffset: reader.int64(),
    lastStartOffset: reader.int64(),
  };
  const abortedTransactions: unknown[] = [];
  for (let left = reader.int32(); left > 0; left--) {
    abortedTransactions.push({ producerId: reader.int64(), firstOffset: reader.int64() });
  }
  const preferredReadReplica = reader.int32();
  const messages = await decodeBatches(reader.bytes());
  return extended(header, { abortedTransactions, preferredReadReplica, messages });
}

/** Offsets within a record batch of magic 2 (see the protocol guide, "Record Batch"). */
const BATCH = { length: 8, magic: 16, attributes: 21, lastDelta: 23, maxTime: 35, count: 57, records: 61 };
const LENGTH_END = 12;
const CODEC_MASK = 0x07;

async function decodeBatches(bytes: Buffer): Promise<DecodedRecord[]> {
  const records: DecodedRecord[] = [];
  let rest = bytes;
  while (rest.length >= BATCH.records) {
    const size = LENGTH_END + rest.readInt32BE(BATCH.length);
    // The broker cuts the last batch where the requested size ends.
    if (rest.length < size) break;
    const batch = rest.subarray(0, size);
    rest = rest.subarray(size);
    try {
      for (const record of (await decodeRecordBatch(new Decoder(batch))).records) records.push(record);
    } catch (thrown) {
      records.push(standInFor(batch, messageOf(thrown)));
    }
  }
  return records;
}

function standInFor(batch: Buffer, reason: string): DecodedRecord {
  const firstOffset = batch.readBigInt64BE(0);
  const lastOffset = String(firstOffset + BigInt(batch.readInt32BE(BATCH.lastDelta)));
  const codec = batch.readInt16BE(BATCH.attributes) & CODEC_MASK;
  const unreadable: UnreadableBatch = {
    codec: CODECS[codec] ?? `codec ${codec}`,
    firstOffset: String(firstOffset),
    lastOffset,
    records: batch.readInt32BE(BATCH.count),
    reason,
  };
  return {
    unreadable,
    offset: lastOffset,
    timestamp: String(batch.readBigInt64BE(BATCH.maxTime)),
    key: null,
    value: null,
    headers: {},
    isControlRecord: false,
    batchContext: { inTransaction: false, producerId: '-1' },
  };
}

class FetchReader {
  readonly #payload: Buffer;
  #at = 0;

  constructor(payload: Buffer) {
    this.#payload = payload;
  }

  int16(): number {
    return this.#payload.readInt16BE(this.#advance(2));
  }

  int32(): number {
    return this.#payload.readInt32BE(this.#advance(4));
  }

  int64(): string {
    return String(this.#payload.readBigInt64BE(this.#advance(8)));
  }

  string(): string {
    const length = this.int16();
    return this.#payload.toString('utf8', this.#advance(length), this.#at);
  }

  bytes(): Buffer {
    const length = Math.max(this.int32(), 0);
    return this.#payload.subarray(this.#advance(length), this.#at);
  }

  #advance(length: number): number {
    const start = this.#at;
    this.#at += length;
    return start;
  }
}
