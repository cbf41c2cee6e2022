/** What a member says that it had: partitions by some name, and when it was given them, epoch milliseconds. */
export interface PartitionClaim {
  readonly memberId: string;
  readonly partitions: readonly string[];
  readonly sinceMs: number;
}

/**
 * Shares partitions evenly: no member has two more than another. Within that, each keeps as many of those that it had
 * as it may. Where two claim the same one, the later assignment counts: the other was away meanwhile.
 *
 * @param partitions all there are, each once
 * @returns the partitions of each member, by its id
 */
export function stickyShares(partitions: readonly string[], claims: readonly PartitionClaim[]): Map<string, string[]> {
  const owners = ownersOf(partitions, claims);
  const kept = claims.map(({ memberId }) => ({
    memberId,
    partitions: partitions.filter((partition) => owners.get(partition) === memberId),
  }));
  // Those with the most to lose get the shares that are larger by one; the order of ids makes the rest certain.
  kept.sort((a, b) => b.partitions.length - a.partitions.length || (a.memberId < b.memberId ? -1 : 1));
  const least = Math.floor(partitions.length / kept.length);
  const larger = partitions.length % kept.length;
  const shares = new Map(
    kept.map((member, index) => [member.memberId, member.partitions.slice(0, least + (index < larger ? 1 : 0))]),
  );
  const given = new Set([...shares.values()].flat());
  const free = partitions.filter((partition) => !given.has(partition));
  kept.forEach(({ memberId }, index) => {
    const share = shares.get(memberId) ?? [];
    share.push(...free.splice(0, least + (index < larger ? 1 : 0) - share.length));
  });
  return shares;
}

function ownersOf(partitions: readonly string[], claims: readonly PartitionClaim[]): Map<string, string> {
  const existing = new Set(partitions);
  const owners = new Map<string, string>();
  const latestFirst = [...claims].sort((a, b) => b.sinceMs - a.sinceMs || (a.memberId < b.memberId ? -1 : 1));
  for (const { memberId, partitions: claimed } of latestFirst) {
    for (const partition of claimed) {
      if (existing.has(partition) && !owners.has(partition)) owners.set(partition, memberId);
    }
  }
  return owners;
}
