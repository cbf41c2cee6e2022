import { randomBytes } from 'node:crypto';
import type { MqttSubscriberOptions } from '../../lib/mqtt/mqtt-subscriber';
import type { OptionsOf } from '../common/definition';
import type { BrokerConnection } from '../mqtt-twin-broker/broker-connection';
import type { definition } from './options';

/** What a node's options ask of the broker. */
export interface Subscription {
  readonly subscriber: MqttSubscriberOptions;
  /** Whether a message is acknowledged when the flow has finished with it, not on delivery. */
  readonly byFlow: boolean;
  /** Whether the broker remembers the node while it is away. */
  readonly kept: boolean;
}

/** @param nodeId names the session that the broker keeps */
export function subscriptionOf(
  { topics, qos, acknowledge, keepSession, window }: OptionsOf<typeof definition>,
  broker: BrokerConnection,
  nodeId: string,
): Subscription {
  const byFlow = qos === '1' && acknowledge === 'flow';
  const kept = byFlow || (qos === '1' && keepSession);
  // Without a session to keep, two runtimes with the same flow may both connect: a broker keeps one client of a name.
  const connection = kept
    ? { ...broker.optionsFor(nodeId), clean: false }
    : { ...broker.optionsFor(randomBytes(4).toString('hex')), clean: true };
  const filters = topics.split(',').map((topic) => topic.trim());
  return {
    subscriber: {
      ...{ connection, window, qos: qos === '1' ? 1 : 0 },
      topics: filters.filter((filter) => filter !== ''),
    },
    byFlow,
    kept,
  };
}
