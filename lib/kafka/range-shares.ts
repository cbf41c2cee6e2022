/** A member of a consumer group and the topics that it reads. */
export interface RangeMember {
  readonly memberId: string;
  readonly topics: readonly string[];
}

/**
 * Cuts the partitions of each topic, in their order, into one range for each member that reads the topic; the members
 * in the order of their ids, the first ones have one partition more where they do not divide evenly.
 *
 * Source: the assignor "range" of Apache Kafka's consumer, which other clients have by the same name.
 *
 * @param partitions the partitions of a topic, ascending
 * @returns partitions by topic of each member, by its id; every member is in it
 */
export function rangeShares(
  members: readonly RangeMember[],
  partitions: (topic: string) => readonly number[],
): Map<string, Record<string, number[]>> {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const shares = new Map<string, Record<string, number[]>>(sorted.map(({ memberId }) => [memberId, {}]));
  for (const topic of new Set(sorted.flatMap(({ topics }) => topics))) {
    const readers = sorted.filter(({ topics }) => topics.includes(topic));
    const all = partitions(topic);
    readers.forEach(({ memberId }, index) => {
      const share = all.slice(begin(index, all.length, readers.length), begin(index + 1, all.length, readers.length));
      if (share.length > 0) shares.get(memberId)![topic] = share;
    });
  }
  return shares;
}

/** Where the range of the reader at `index` begins. */
const begin = (index: number, partitions: number, readers: number): number =>
  index * Math.floor(partitions / readers) + Math.min(index, partitions % readers);
