import { ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';
import { encodeRecordBatch, type WireCompression, type WireRecord } from './encode-record-batch';

/** Versions whose request has the form that is written here; the next one is for brokers that no longer know them. */
export const PRODUCE_VERSIONS = { min: 3, max: 7 } as const;

const ALL_IN_SYNC = -1;
const HEADER_BYTES = 256;
const RECORD_BYTES = 128;
const LOG_START_VERSION = 5;
const CLIENT_WAITS_VERSION = 6;

export interface ProduceRequest {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly WireRecord[];
  readonly compression: WireCompression;
  /** How long the leader waits for the other replicas, in milliseconds. */
  readonly timeoutMs: number;
}

/** About what the body takes. */
export function produceRequestBytes({ records }: ProduceRequest): number {
  let bytes = HEADER_BYTES;
  for (const { key, value } of records) bytes += RECORD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  return bytes;
}

/**
 * Body of a produce request for one partition, versions 3 to 7 (big-endian; an array is an int32 count and its
 * elements): transactional id string, acks int16, timeout int32, [topic string, [partition int32, records bytes]]
 */
export async function encodeProduceRequest(writer: ByteWriter, request: ProduceRequest): Promise<void> {
  const { topic, partition, records, compression, timeoutMs } = request;
  writer.string(null).int16(ALL_IN_SYNC).int32(timeoutMs).int32(1).string(topic).int32(1).int32(partition);
  const lengthAt = writer.length;
  writer.int32(0);
  await encodeRecordBatch(writer, records, compression);
  writer.setLength(lengthAt);
}

export interface ProduceResponse {
  /** Code of the protocol; 0 is success. */
  readonly errorCode: number;
  /** Offset of the first record. */
  readonly baseOffset: bigint;
  readonly clientSideThrottleTime: number;
}

/**
 * Response to a request for one partition, versions 3 to 7: [topic string, [partition int32, error int16, base offset
 * int64, append time int64, log start offset int64 (from version 5)]], throttle int32
 *
 * @throws RangeError when the bytes end too early
 */
export function decodeProduceResponse(payload: Buffer, version: number): ProduceResponse {
  const reader = new ByteReader(payload);
  reader.int32();
  reader.string();
  reader.int32();
  reader.int32();
  const errorCode = reader.int16();
  const baseOffset = reader.int64();
  reader.int64();
  if (version >= LOG_START_VERSION) reader.int64();
  const throttleMs = reader.int32();
  // Before, the broker has waited itself (KIP-219).
  return { errorCode, baseOffset, clientSideThrottleTime: version >= CLIENT_WAITS_VERSION ? throttleMs : 0 };
}
