import { AssignerProtocol, type PartitionAssigner } from 'kafkajs';

const VERSION = 0;

/**
 * Gives every member every partition: two displays that share a group id, as two copies of one flow do, then both show
 * everything. Only for groups that commit nothing.
 */
export const broadcastAssigner: PartitionAssigner = ({ cluster }) => ({
  name: 'digital-twin-broadcast',
  version: VERSION,
  protocol: ({ topics }) => ({
    name: 'digital-twin-broadcast',
    metadata: AssignerProtocol.MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.alloc(0) }),
  }),
  assign: ({ members, topics }) => {
    const assignment = Object.fromEntries(
      topics.map((topic) => [topic, cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId)]),
    );
    const memberAssignment = AssignerProtocol.MemberAssignment.encode({
      version: VERSION,
      assignment,
      userData: Buffer.alloc(0),
    });
    return Promise.resolve(members.map(({ memberId }) => ({ memberId, memberAssignment })));
  },
});
