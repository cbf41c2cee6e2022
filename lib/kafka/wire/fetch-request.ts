import type { ByteWriter } from './byte-writer';

/** The version that brokers since 2.3 agree on with kafkajs. */
export const FETCH_VERSION = 11;

export interface FetchRequest {
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
  readonly topics: readonly FetchTopic[];
  readonly rackId?: string;
}

export interface FetchTopic {
  readonly topic: string;
  readonly partitions: readonly FetchPartition[];
}

export interface FetchPartition {
  readonly partition: number;
  /** Decimal. */
  readonly fetchOffset: string;
  readonly maxBytes: number;
}

const NO_REPLICA = -1;
const NO_SESSION = { id: 0, epoch: -1 };
const NO_LEADER_EPOCH = -1;
const NO_LOG_START = -1;
const HEADER_BYTES = 64;
const PARTITION_BYTES = 28;

/** About what the body takes. */
export function fetchRequestBytes({ topics }: FetchRequest): number {
  let bytes = HEADER_BYTES;
  for (const { topic, partitions } of topics)
    bytes += HEADER_BYTES + topic.length + partitions.length * PARTITION_BYTES;
  return bytes;
}

/**
 * Body of a fetch request, version 11 (big-endian; an array is an int32 count and its elements):
 *   replica int32, longest wait int32, least and most bytes int32, isolation level int8, session id and epoch int32,
 *   [topic string, [partition int32, leader epoch int32, offset int64, log start offset int64, most bytes int32]],
 *   [forgotten topics], rack string
 */
export function encodeFetchRequest(writer: ByteWriter, request: FetchRequest): void {
  const { maxWaitTime, minBytes, maxBytes, isolationLevel, rackId = '' } = request;
  const topics = inRandomOrder(request.topics);
  writer.int32(NO_REPLICA).int32(maxWaitTime).int32(minBytes).int32(maxBytes).int8(isolationLevel);
  writer.int32(NO_SESSION.id).int32(NO_SESSION.epoch).int32(topics.length);
  for (const { topic, partitions } of topics) {
    writer.string(topic).int32(partitions.length);
    for (const { partition, fetchOffset, maxBytes: most } of partitions) {
      writer.int32(partition).int32(NO_LEADER_EPOCH).int64(BigInt(fetchOffset)).int64(NO_LOG_START).int32(most);
    }
  }
  writer.int32(0).string(rackId);
}

/** The broker fills its answer in the order of the partitions: each must come first at times (KIP-74). */
function inRandomOrder(topics: readonly FetchTopic[]): readonly FetchTopic[] {
  if (topics.length < 2 && (topics[0]?.partitions.length ?? 0) < 2) return topics;
  const all = topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })));
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [all[last], all[other]] = [all[other]!, all[last]!];
  }
  // Neighbours of one topic share its name, which goes with each of them otherwise.
  const joined: { topic: string; partitions: FetchPartition[] }[] = [];
  for (const { topic, partition } of all) {
    const last = joined.at(-1);
    if (last?.topic === topic) last.partitions.push(partition);
    else joined.push({ topic, partitions: [partition] });
  }
  return joined;
}
