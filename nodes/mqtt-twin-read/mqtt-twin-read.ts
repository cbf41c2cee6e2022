import type { NodeAPI } from '@node-red/registry';
import { endSession } from '../../lib/mqtt/end-session';
import { connectionOf } from '../common/register-config';
import { registerNode } from '../common/register-node';
import type { BrokerConnection } from '../mqtt-twin-broker/broker-connection';
import { definition as brokerDefinition } from '../mqtt-twin-broker/options';
import { definition } from './options';
import { subscriptionOf } from './subscription';
import { TopicSource } from './topic-source';

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    const { options, node } = context;
    const broker = connectionOf<BrokerConnection>(RED, brokerDefinition, options.broker);
    const subscription = subscriptionOf(options, broker, node.id);
    const source = new TopicSource(context, subscription);
    source.start();
    return {
      close: async (removed) => {
        await source.close();
        // A broker would go on collecting for a node that is gone for good.
        if (removed && subscription.kept) await endSession(subscription.subscriber.connection);
      },
    };
  });
}
