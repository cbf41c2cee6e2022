import type { NodeAPI } from '@node-red/registry';
import { TurnoverSet } from '../../lib/delivery/turnover-set';
import type { MqttPublisher } from '../../lib/mqtt/mqtt-publisher';
import { mqttReadingTopic } from '../../lib/mqtt/mqtt-reading-topic';
import type { ReadingTopic } from '../../lib/reading/reading-topic';
import { readingIn, readingPayload } from '../../lib/reading/reading-payload';
import type { FlowMessage } from '../common/message';
import type { NodeContext } from '../common/node-context';
import { connectionOf } from '../common/register-config';
import { type InputFlow, registerNode } from '../common/register-node';
import { expiryOf } from '../common/sink/expiry-of';
import { Sink, type Taken } from '../common/sink/sink';
import { writeItems } from '../common/sink/write-items';
import type { BrokerConnection } from '../mqtt-twin-broker/broker-connection';
import { definition as brokerDefinition } from '../mqtt-twin-broker/options';
import { definition } from './options';
import { messageOf, payloadOf, resend } from './spooled-message';

type Context = NodeContext<typeof definition>;

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    const topic = mqttReadingTopic(context.options.topic);
    const broker = connectionOf<BrokerConnection>(RED, brokerDefinition, context.options.broker);
    const writer = new Writer(context, topic, broker.acquire());
    return {
      input: (message, flow) => writer.write(message, flow),
      close: (removed) => writer.close((drainMs, pending) => broker.release(pending, drainMs), removed),
    };
  });
}

/** One node's share of a broker's publisher. */
class Writer {
  readonly #underWay = new TurnoverSet<Promise<void>>();
  readonly #sink: Sink<typeof definition>;

  constructor(
    private readonly context: Context,
    private readonly topic: ReadingTopic,
    private readonly publisher: MqttPublisher,
  ) {
    const { options } = context;
    this.#sink = new Sink(context, {
      // QoS 0 asks for no more than that it is sent.
      settings: { ...options, spool: options.spool && options.qos === '1' },
      // A subscriber shows the last value, and a retained one must be the newest.
      order: 'in-order',
      counted: (count) => context.word('status.published', { count }),
      resend: (payload) => this.#follow(resend(publisher, payload)),
      describe: messageOf,
    });
    publisher.on('state', this.#sink.changed);
    this.#sink.changed(publisher.change);
  }

  /** Resolves when the broker, or the disk, has accepted everything in the message that it ever will. */
  write(message: FlowMessage, flow: InputFlow<typeof definition>): Promise<void> {
    return writeItems(message, flow, (item) => this.#publish(message, item));
  }

  async close(release: (drainMs: number, pending: Promise<unknown>) => Promise<void>, removed: boolean): Promise<void> {
    await this.#sink.close((drainMs) => release(drainMs, Promise.allSettled(this.#underWay.values())), removed);
    this.publisher.off('state', this.#sink.changed);
  }

  async #publish(message: FlowMessage, item: unknown): Promise<Taken<void>> {
    const { qos, retain, stamp } = this.context.options;
    const topic = this.topic.fixed ? this.topic.of({}) : this.topic.of(readingIn(item));
    const payload = readingPayload(item, stamp ? Date.now() : undefined);
    const expiresMs = expiryOf(message);
    return this.#sink.take(
      message,
      () => payloadOf({ topic, payload, retain, expiresMs }),
      () => this.#follow(this.publisher.publish(topic, payload, { qos: qos === '1' ? 1 : 0, retain, expiresMs })),
    );
  }

  #follow(publishing: Promise<void>): Promise<void> {
    const end = (): void => void this.#underWay.delete(publishing);
    this.#underWay.add(publishing);
    publishing.then(end, end);
    return publishing;
  }
}
