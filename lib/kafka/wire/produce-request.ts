import { ByteWriter } from './byte-writer';
import { encodeRecordBatch, type WireCompression, type WireRecord } from './encode-record-batch';

/** Versions whose request has the form that is written here; the next one is for brokers that no longer know them. */
export const PRODUCE_VERSIONS = { min: 3, max: 7 } as const;

const ALL_IN_SYNC = -1;
const HEADER_BYTES = 256;

export interface ProduceRequest {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly WireRecord[];
  readonly compression: WireCompression;
  /** How long the leader waits for the other replicas, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Body of a produce request for one partition, versions 3 to 7 (big-endian; an array is an int32 count and its
 * elements): transactional id string, acks int16, timeout int32, [topic string, [partition int32, records bytes]]
 */
export async function encodeProduceRequest(request: ProduceRequest): Promise<Buffer> {
  const { topic, partition, records, compression, timeoutMs } = request;
  let bytes = HEADER_BYTES;
  for (const { key, value } of records) bytes += HEADER_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  const writer = new ByteWriter(bytes);
  writer.string(null).int16(ALL_IN_SYNC).int32(timeoutMs).int32(1).string(topic).int32(1).int32(partition);
  const lengthAt = writer.length;
  writer.int32(0);
  const start = writer.length;
  await encodeRecordBatch(writer, records, compression);
  writer.setInt32(lengthAt, writer.length - start);
  return writer.written;
}
