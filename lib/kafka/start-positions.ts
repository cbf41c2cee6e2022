import type { Admin } from 'kafkajs';
import type { PartitionPosition } from './group-assignment';

/**
 * The ends (or beginnings) of the topics now, for the partitions that need a start: those for which the group has
 * committed nothing. "Latest" has to mean the time of the first start. Left to the client it means the time of each
 * connection until the first commit, and what arrives during an outage in between is lost without a word.
 *
 * @param groupId `undefined` when the group does not commit: then every partition needs a start
 */
export async function startPositions(
  admin: Admin,
  topics: readonly string[],
  groupId: string | undefined,
  from: 'latest' | 'earliest',
): Promise<PartitionPosition[]> {
  const committed = new Set<string>();
  if (groupId !== undefined) {
    for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: [...topics] })) {
      for (const { partition, offset } of partitions) {
        if (BigInt(offset) >= 0n) committed.add(`${topic}/${partition}`);
      }
    }
  }
  const positions: PartitionPosition[] = [];
  for (const topic of topics) {
    for (const { partition, high, low } of await admin.fetchTopicOffsets(topic)) {
      if (committed.has(`${topic}/${partition}`)) continue;
      positions.push({ topic, partition, offset: BigInt(from === 'latest' ? high : low) });
    }
  }
  return positions;
}
