import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';
import { rangeShares } from './range-shares';

/** The name under which Apache Kafka's consumer and the clients in other languages have it. */
const NAME = 'range';
const VERSION = 0;

/**
 * Lets a group be shared with a program on another client library: those of Java, Python and C offer "range" by
 * default, and a group takes a member only if it has an assignor in common with all others.
 */
export const rangeAssigner: PartitionAssigner = ({ cluster }) => ({
  name: NAME,
  version: VERSION,
  protocol: ({ topics }) => ({
    name: NAME,
    metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.alloc(0) }),
  }),
  assign: async ({ members, topics }) => {
    const readers = members.map(({ memberId, memberMetadata }) => ({
      memberId,
      topics: AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? [],
    }));
    // The leader shares out what others read, too, of which it may know nothing yet.
    const unknown = readers.flatMap((reader) => reader.topics).filter((topic) => !topics.includes(topic));
    if (unknown.length > 0) await cluster.addMultipleTargetTopics(unknown);
    const partitions = (topic: string): number[] =>
      cluster
        .findTopicPartitionMetadata(topic)
        .map(({ partitionId }) => partitionId)
        .sort((a, b) => a - b);
    return [...rangeShares(readers, partitions)].map(([memberId, assignment]) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: VERSION,
        assignment,
        userData: Buffer.alloc(0),
      }),
    }));
  },
});
