import type { NodeAPI } from '@node-red/registry';
import type { BridgedMessage, BridgeSide, RejectedMessage } from '../../lib/bridge/bridge';
import type { KafkaToMqttBridge } from '../../lib/bridge/kafka-to-mqtt-bridge';
import { MqttToKafkaBridge } from '../../lib/bridge/mqtt-to-kafka-bridge';
import type { ConnectionChange } from '../../lib/delivery/connection-state';
import { parseReading } from '../../lib/reading/reading-codec';
import { type FlowMessage, rejectedError } from '../common/message';
import type { NodeContext } from '../common/node-context';
import { connectionOf } from '../common/register-config';
import { registerNode } from '../common/register-node';
import { shortCount } from '../common/short-count';
import type { ClusterConnection } from '../kafka-twin-cluster/kafka-twin-cluster';
import { definition as clusterDefinition } from '../kafka-twin-cluster/options';
import type { BrokerConnection } from '../mqtt-twin-broker/broker-connection';
import { definition as brokerDefinition } from '../mqtt-twin-broker/options';
import { bridgeOfOptions } from './bridge-of-options';
import { definition } from './options';

type Context = NodeContext<typeof definition>;

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    const { options, node } = context;
    const broker = connectionOf<BrokerConnection>(RED, brokerDefinition, options.broker);
    const { options: kafka } = connectionOf<ClusterConnection>(RED, clusterDefinition, options.cluster);
    const bridge = bridgeOfOptions(options, broker, kafka, node.id);
    report(context, bridge);
    bridge.start();
    return {
      close: async (removed) => {
        await bridge.close();
        // A broker would go on collecting for a node that is gone for good.
        if (removed && bridge instanceof MqttToKafkaBridge) await bridge.forget();
      },
    };
  });
}

/** What the bridge tells as messages, counts and status. */
function report(context: Context, bridge: MqttToKafkaBridge | KafkaToMqttBridge): void {
  const { counters } = context;
  const sides = new SideStatus(context, () => bridge.counts.bridged);
  bridge.on('state', (side, change) => sides.change(side, change));
  bridge.on('warning', (error) => context.mention(error));
  bridge.on('bridged', (bridged) => {
    counters.received = bridge.counts.received;
    if (context.wired('bridged')) context.send('bridged', bridgedMessage(bridged));
    else counters.sent += 1;
    sides.show();
  });
  bridge.on('rejected', (rejected) => {
    counters.received = bridge.counts.received;
    counters.rejected += 1;
    counters.lastError = rejected.error.message;
    if (context.wired('rejected')) context.send('rejected', rejectedMessage(rejected, context));
    else context.mention(rejected.error);
  });
}

function bridgedMessage({ from, to, payload, partition, offset }: BridgedMessage): FlowMessage {
  return {
    payload: parseReading(payload),
    topic: to,
    from,
    partition,
    offset: Number(offset),
  };
}

function rejectedMessage({ topic, payload, error, deadLetterTopic }: RejectedMessage, context: Context): FlowMessage {
  const where = deadLetterTopic === undefined ? {} : { deadLetterTopic };
  return { topic, payload, ...where, error: rejectedError(error, context.node) };
}

/** Both sides in one status: the count while both are there, else which one is not. */
class SideStatus {
  readonly #states: Record<BridgeSide, ConnectionChange> = {
    mqtt: { state: 'connecting' },
    kafka: { state: 'connecting' },
  };

  constructor(
    private readonly context: Context,
    private readonly count: () => number,
  ) {
    this.show();
  }

  change(side: BridgeSide, change: ConnectionChange): void {
    this.#states[side] = change;
    if (change.error) this.context.mention(change.error);
    this.show();
  }

  show(): void {
    const { context } = this;
    const { mqtt, kafka } = this.#states;
    const word = (key: string) => () => context.word(key, { count: shortCount(this.count()) });
    const isDown = ({ state }: ConnectionChange): boolean => state === 'waiting';
    if (mqtt.state === 'connected' && kafka.state === 'connected')
      context.status.show('connected', word('status.bridged'));
    else if (isDown(mqtt) && isDown(kafka)) context.status.show('waiting', context.word('status.bothDown'));
    else if (isDown(mqtt)) context.status.show('waiting', word('status.mqttDown'));
    else if (isDown(kafka)) context.status.show('waiting', word('status.kafkaDown'));
    else context.status.show('connecting', context.word('common.status.connecting'));
  }
}
