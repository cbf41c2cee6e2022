import type { NodeAPI } from '@node-red/registry';
import type { ConnectionChange } from '../../lib/delivery/connection-state';
import type { MqttPublisher } from '../../lib/mqtt/mqtt-publisher';
import { readingIn, readingPayload } from '../../lib/mqtt/reading-payload';
import { ReadingTopic } from '../../lib/mqtt/reading-topic';
import { type NodeContext, asTwinError } from '../common/node-context';
import { readingsOf } from '../common/readings-of';
import { connectionOf } from '../common/register-config';
import { type InputFlow, registerNode } from '../common/register-node';
import type { FlowMessage } from '../common/message';
import { shortCount } from '../common/short-count';
import { definition as brokerDefinition } from '../mqtt-twin-broker/options';
import type { BrokerConnection } from '../mqtt-twin-broker/broker-connection';
import { definition } from './options';

type Context = NodeContext<typeof definition>;

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    const topic = new ReadingTopic(context.options.topic);
    const broker = connectionOf<BrokerConnection>(RED, brokerDefinition, context.options.broker);
    const publisher = broker.acquire();
    const writer = new Writer(context, topic, publisher);
    return {
      input: (message, flow) => writer.write(message, flow),
      close: async () => {
        writer.stop();
        await broker.release(writer.pending);
      },
    };
  });
}

/** One node's share of a broker's publisher. */
class Writer {
  readonly #underWay = new Set<Promise<void>>();
  #published = 0;

  constructor(
    private readonly context: Context,
    private readonly topic: ReadingTopic,
    private readonly publisher: MqttPublisher,
  ) {
    publisher.on('state', this.#show);
    this.#show(publisher.change);
  }

  /** Resolves when nothing of this node waits for the broker. */
  get pending(): Promise<unknown> {
    return Promise.allSettled(this.#underWay);
  }

  stop(): void {
    this.publisher.off('state', this.#show);
  }

  /** Resolves when the broker has accepted everything in the message that it ever will. */
  async write(message: FlowMessage, flow: InputFlow<typeof definition>): Promise<void> {
    const { items, batch } = readingsOf(message.payload);
    const outcomes = await Promise.allSettled(items.map((item) => this.#publish(item)));
    const errors = outcomes.map((outcome) => (outcome.status === 'rejected' ? asTwinError(outcome.reason) : undefined));
    // A deploy came first. Neither accepted nor rejected: whoever can send the message again must do so.
    if (errors.some((error) => error?.code === 'MQTT_CLOSED')) return new Promise(() => {});
    errors.forEach((error, index) => error && flow.reject({ ...message, payload: items[index] }, error));
    const accepted = items.filter((_, index) => !errors[index]);
    if (accepted.length === 0 && items.length > 0) return;
    if (batch && accepted.length < items.length) message.payload = accepted;
    flow.send('accepted', message);
  }

  async #publish(item: unknown): Promise<void> {
    const { qos, retain, stamp } = this.context.options;
    const topic = this.topic.fixed ? this.topic.of({}) : this.topic.of(readingIn(item));
    const payload = readingPayload(item, stamp ? Date.now() : undefined);
    const publishing = this.publisher.publish(topic, payload, { qos: qos === '1' ? 1 : 0, retain });
    this.#underWay.add(publishing);
    try {
      await publishing;
    } finally {
      this.#underWay.delete(publishing);
    }
    this.#published++;
    this.#showCount();
  }

  #showCount(): void {
    if (this.publisher.change.state !== 'connected') return;
    const count = shortCount(this.#published);
    this.context.status.show('connected', this.context.word('status.published', { count }));
  }

  readonly #show = ({ state, error }: ConnectionChange): void => {
    if (error) this.context.trouble(error);
    else if (state === 'connecting')
      this.context.status.show('connecting', this.context.word('common.status.connecting'));
    else if (state === 'connected') {
      this.context.recovered();
      this.#showCount();
    }
  };
}
