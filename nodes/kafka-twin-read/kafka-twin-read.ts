import type { NodeAPI } from '@node-red/registry';
import type { KafkaConsumerOptions } from '../../lib/kafka/kafka-consumer';
import type { NodeContext } from '../common/node-context';
import { connectionOf } from '../common/register-config';
import { registerNode } from '../common/register-node';
import { definition as clusterDefinition } from '../kafka-twin-cluster/options';
import type { ClusterConnection } from '../kafka-twin-cluster/kafka-twin-cluster';
import { definition } from './options';
import { RecordSource } from './record-source';

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    const { options: connection } = connectionOf<ClusterConnection>(RED, clusterDefinition, context.options.cluster);
    const source = new RecordSource(context, consumerOptions(context, connection));
    source.start();
    return { close: () => source.close() };
  });
}

function consumerOptions(
  { options, node }: NodeContext<typeof definition>,
  connection: ClusterConnection['options'],
): KafkaConsumerOptions {
  const topics = options.topics.split(',').map((topic) => topic.trim());
  const common = { connection, topics: topics.filter((topic) => topic !== ''), deliver: options.deliver };
  // A display has a name of its own that stays the same: administrators see one group per node, and none that piles up.
  if (options.mode === 'display') {
    const display = { from: 'latest', commitEveryMs: false, deleteGroupOnClose: true } as const;
    return { ...common, ...display, groupId: `twin-display-${node.id}`, window: options.window };
  }
  const groupId = options.groupId || `twin-${node.id}`;
  return { ...common, groupId, from: options.from, window: options.window };
}
