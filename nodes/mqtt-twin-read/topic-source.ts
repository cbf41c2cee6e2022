import type { ConnectionChange } from '../../lib/delivery/connection-state';
import { type MqttMessage, MqttSubscriber } from '../../lib/mqtt/mqtt-subscriber';
import { FlowSource } from '../common/completion/flow-source';
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
  #connected = false;

  /** @throws TwinError MQTT_TOPIC, MQTT_OPTIONS */
  constructor(context: NodeContext<typeof definition>, { subscriber, byFlow }: Subscription) {
    this.#context = context;
    const { window, holdLimit } = context.options;
    // What cannot work is refused before anything is held or listened to.
    new MqttSubscriber(subscriber);
    this.#flow = new FlowSource(context, {
      ...{ window, holdLimitMs: byFlow ? holdLimit * 1000 : undefined },
      make: () => {
        const made = new MqttSubscriber(subscriber);
        made.on('state', (change) => this.#show(change));
        made.on('message', (message, settle) => this.#take(message, settle));
        return made;
      },
      onChange: () => this.#showCount(),
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
    const metadata = metadataOf(message);
    try {
      const payload = payloadOfBytes(message.payload, options.format, () => `message of "${message.topic}"`);
      this.#flow.send([{ port: 'readings', message: { ...metadata, payload } }], settle);
    } catch (thrown) {
      const error = asTwinError(thrown);
      const refused = { ...metadata, payload: message.payload, error: rejectedError(error, node) };
      this.#flow.send(this.#flow.refuse(error) ? [{ port: 'rejected', message: refused }] : [], settle);
    }
  }

  #show({ state, error }: ConnectionChange): void {
    const { status } = this.#context;
    this.#connected = state === 'connected' && !error;
    if (error) this.#context.trouble(error);
    else if (state === 'connected') {
      this.#context.recovered();
      this.#showCount();
    } else status.show(state, this.#context.word(`common.status.${state}`));
  }

  #showCount(): void {
    if (!this.#connected) return;
    const { status, counters } = this.#context;
    const node = this.#flow.holder();
    const count = shortCount(counters.received);
    if (node !== undefined) status.show('busy', this.#context.word('status.held', { node }));
    else status.show('connected', this.#context.word('status.received', { count }));
  }
}

/** What a message of the flow says of its MQTT message beside the payload. */
const metadataOf = ({ topic, qos, retain, duplicate, userProperties }: MqttMessage): FlowMessage => ({
  ...{ topic, qos, retain, duplicate, userProperties: { ...userProperties } },
});
