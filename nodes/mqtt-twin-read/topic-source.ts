import { type MqttMessage, MqttSubscriber } from '../../lib/mqtt/mqtt-subscriber';
import { FlowSource } from '../common/completion/flow-source';
import { SourceStatus } from '../common/completion/source-status';
import { type FlowMessage, rejectedError } from '../common/message';
import { type NodeContext, asTwinError } from '../common/node-context';
import { payloadOfBytes } from '../common/payload-of-bytes';
import { shortCount } from '../common/short-count';
import type { definition } from './options';
import type { Subscription } from './subscription';

/** Messages of a subscription as messages of a flow. */
export class TopicSource {
  readonly #context: NodeContext<typeof definition>;
  readonly #flow: FlowSource<typeof definition, MqttSubscriber>;
  readonly #status: SourceStatus<typeof definition>;

  /** @throws TwinError MQTT_TOPIC, MQTT_OPTIONS */
  constructor(context: NodeContext<typeof definition>, { subscriber, byFlow }: Subscription) {
    this.#context = context;
    const { window, holdLimit } = context.options;
    // What cannot work is refused before anything is held or listened to.
    new MqttSubscriber(subscriber);
    this.#status = new SourceStatus(context, {
      holder: () => this.#flow.holder(),
      held: (node) => context.word('status.held', { node }),
      well: () => context.word('status.received', { count: shortCount(context.counters.received) }),
    });
    this.#flow = new FlowSource(context, {
      ...{ window, holdLimitMs: byFlow ? holdLimit * 1000 : undefined },
      make: () => {
        const made = new MqttSubscriber(subscriber);
        made.on('state', (change) => this.#status.change(change));
        made.on('message', (message, settle) => this.#take(message, settle));
        return made;
      },
      onChange: () => this.#status.show(),
    });
  }

  start(): void {
    this.#flow.start();
  }

  close(): Promise<void> {
    return this.#flow.close();
  }

  #take(message: MqttMessage, settle: () => void): void {
    const { options, counters, node } = this.#context;
    counters.received++;
    try {
      const payload = payloadOfBytes(message.payload, options.format, () => `message of "${message.topic}"`);
      this.#flow.send([{ port: 'readings', message: messageOf(message, payload) }], settle);
    } catch (thrown) {
      const error = asTwinError(thrown);
      const refused = messageOf(message, message.payload);
      refused['error'] = rejectedError(error, node);
      this.#flow.send(this.#flow.refuse(error) ? [{ port: 'rejected', message: refused }] : [], settle);
    }
  }
}

/** A message of the flow with a payload, and what else it says of its MQTT message. */
const messageOf = ({ topic, qos, retain, duplicate, userProperties }: MqttMessage, payload: unknown): FlowMessage => ({
  ...{ payload, topic, qos, retain, duplicate, userProperties: { ...userProperties } },
});
