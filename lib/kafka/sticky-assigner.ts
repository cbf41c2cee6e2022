import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import type { MemberAssignment } from './group-assignment';
import { type PartitionClaim, stickyShares } from './sticky-shares';

const NAME = 'digital-twin-sticky';
const VERSION = 0;

/** What a member tells the group with each join, as JSON. */
interface Holdings {
  readonly partitions: MemberAssignment;
  readonly sinceMs: number;
}

/**
 * Leaves partitions with the members that have them, as far as even shares allow: what is in flight there goes on,
 * while a partition that moves is read again from the committed offset. Members without this assigner (other programs,
 * older releases) make the group fall back to one that all have: the round robin of kafkajs, or the range of Apache
 * Kafka's consumer.
 */
export const stickyAssigner =
  (holdings: () => Holdings): PartitionAssigner =>
  ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => {
      const userData = Buffer.from(JSON.stringify(holdings()));
      return { name: NAME, metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData }) };
    },
    assign: ({ members, topics }) => {
      const partitions = topics.flatMap((topic) =>
        cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => nameOf(topic, partitionId)),
      );
      const shares = stickyShares(
        partitions,
        members.map(({ memberId, memberMetadata }) => claimOf(memberId, memberMetadata)),
      );
      return Promise.resolve(
        [...shares].map(([memberId, share]) => ({
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: VERSION,
            assignment: byTopic(share),
            userData: Buffer.alloc(0),
          }),
        })),
      );
    },
  });

/** What a member says that it had; nothing where that cannot be read. */
function claimOf(memberId: string, memberMetadata: Buffer): PartitionClaim {
  try {
    const { userData } = AssignerProtocol.MemberMetadata.decode(memberMetadata) ?? {};
    const { partitions, sinceMs } = JSON.parse(String(userData)) as Holdings;
    const names = Object.entries(partitions).flatMap(([topic, ids]) => ids.map((id) => nameOf(topic, id)));
    return { memberId, partitions: names, sinceMs: Number(sinceMs) };
  } catch {
    return { memberId, partitions: [], sinceMs: 0 };
  }
}

/** No topic's name holds a slash. */
const nameOf = (topic: string, partition: number): string => `${topic}/${partition}`;

function byTopic(names: readonly string[]): Record<string, number[]> {
  const topics: Record<string, number[]> = {};
  for (const name of names) {
    const [topic = '', partition] = name.split('/');
    (topics[topic] ??= []).push(Number(partition));
  }
  return topics;
}
