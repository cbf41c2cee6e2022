import { ByteReader } from './byte-reader';
import { decodeRecords } from './decode-records';

const NO_BYTES = Buffer.alloc(0);

/** As kafkajs has it; it looks into the partitions itself. */
export interface FetchResponse {
  readonly clientSideThrottleTime: number;
  readonly [property: string]: unknown;
}

/**
 * Fetch response, version 11, in the form of kafkajs (big-endian; an array is an int32 count and its elements):
 *   throttle int32, error int16, session int32, [topic string, [partition]]
 *   partition: id int32, error int16, high watermark, last stable and log start offset int64,
 *              [aborted: producer int64, first offset int64], preferred replica int32, records bytes
 *
 * @throws RangeError when the bytes end too early
 */
export async function decodeFetchResponse(payload: Buffer): Promise<FetchResponse> {
  const reader = new ByteReader(payload);
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
  // The broker has not waited; it ignores a client that does not.
  return { throttleTime: 0, clientSideThrottleTime, errorCode, sessionId, responses };
}

/** The members are read in the order in which they stand. */
const decodePartition = async (reader: ByteReader): Promise<unknown> => ({
  partition: reader.int32(),
  errorCode: reader.int16(),
  highWatermark: String(reader.int64()),
  lastStableOffset: String(reader.int64()),
  lastStartOffset: String(reader.int64()),
  abortedTransactions: abortedOf(reader),
  preferredReadReplica: reader.int32(),
  messages: await decodeRecords(reader.nullableBytes() ?? NO_BYTES),
});

function abortedOf(reader: ByteReader): unknown[] {
  const aborted: unknown[] = [];
  for (let left = reader.int32(); left > 0; left--) {
    aborted.push({ producerId: String(reader.int64()), firstOffset: String(reader.int64()) });
  }
  return aborted;
}
