import type { ConnectionChange } from '../../lib/delivery/connection-state';
import { KafkaConsumer, type KafkaConsumerOptions, type KafkaDelivery } from '../../lib/kafka/kafka-consumer';
import type { TwinError } from '../../lib/reading/twin-error';
import { TrackedSource } from '../common/completion/tracked-source';
import { type FlowMessage, rejectedError } from '../common/message';
import { type NodeContext, asTwinError } from '../common/node-context';
import { shortCount } from '../common/short-count';
import type { definition } from './options';
import { metadataOf, payloadOf } from './record-message';

/** A deploy waits this long for what is under way in the flow. */
const DRAIN_MS = 2_000;

type Port = 'records' | 'rejected';
interface Outgoing {
  readonly port: Port;
  readonly message: FlowMessage;
}

/**
 * Records of a consumer as messages of a flow. With *commit when the flow has finished*, a record is settled when every
 * node that its message reached has said so; when a node was stopped in between, reading begins again at the last
 * committed record, as nobody else can send the record again.
 */
export class RecordSource {
  readonly #context: NodeContext<typeof definition>;
  readonly #options: KafkaConsumerOptions;
  readonly #tracked: TrackedSource | undefined;
  #consumer: KafkaConsumer | undefined;
  #restarting: Promise<void> | undefined;
  #closed = false;
  #connected = false;
  #lag = 0;

  constructor(context: NodeContext<typeof definition>, options: KafkaConsumerOptions) {
    this.#context = context;
    this.#options = options;
    const { mode, commit, holdLimit } = context.options;
    if (mode === 'group' && commit === 'flow') this.#tracked = new TrackedSource(context.RED, holdLimit * 1000);
  }

  start(): void {
    const consumer = new KafkaConsumer(this.#options);
    this.#consumer = consumer;
    consumer.on('state', (change) => this.#show(change));
    consumer.on('lag', (lag) => {
      this.#lag = lag;
      this.#showLag();
    });
    consumer.on('delivery', (delivery) => this.#deliver(delivery));
    consumer.on('unreadable', (error, settle) => {
      const { topic, partition, lastOffset } = error.facts;
      const place = { topic: String(topic), partition, offset: Number(lastOffset), payload: null };
      const message = { ...place, error: rejectedError(error, this.#context.node) };
      this.#send(this.#refuse(error) ? [{ port: 'rejected', message }] : [], settle);
    });
    consumer.on('warning', (error) => this.#context.mention(error));
    consumer.start();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#restarting;
    await this.#consumer?.close(DRAIN_MS);
    this.#tracked?.close();
  }

  #deliver({ records, settle }: KafkaDelivery): void {
    const { options } = this.#context;
    const good: unknown[] = [];
    const outgoing: Outgoing[] = [];
    for (const record of records) {
      try {
        good.push(payloadOf(record, options));
      } catch (thrown) {
        const error = asTwinError(thrown);
        const refused = {
          ...metadataOf(record),
          payload: record.value,
          error: rejectedError(error, this.#context.node),
        };
        if (this.#refuse(error)) outgoing.push({ port: 'rejected', message: refused });
      }
    }
    const [first] = records;
    if (good.length > 0 && first) {
      const payload = options.deliver === 'batch' ? good : good[0];
      outgoing.unshift({ port: 'records', message: { ...metadataOf(first), payload } });
    }
    this.#send(outgoing, settle);
  }

  /** Sends all, and settles when the flow has finished with all. */
  #send(outgoing: readonly Outgoing[], settle: () => void): void {
    let open = outgoing.length;
    if (open === 0 || !this.#tracked) settle();
    for (const { port, message } of outgoing) {
      const by = (sent: FlowMessage): void => this.#context.send(port, sent);
      if (!this.#tracked) {
        by(message);
        continue;
      }
      this.#tracked.send(message, by, ({ stopped }) => {
        if (stopped) this.#beginAgain();
        else if (--open === 0) settle();
      });
    }
    this.#showLag();
  }

  /** Counts what cannot be read; answers whether somebody wants to have it. */
  #refuse(error: TwinError): boolean {
    const { counters } = this.#context;
    counters.rejected++;
    counters.lastError = error.message;
    if (this.#context.wired('rejected')) return true;
    this.#context.mention(error);
    return false;
  }

  #beginAgain(): void {
    if (this.#closed || this.#restarting) return;
    this.#restarting = (async () => {
      const old = this.#consumer;
      old?.removeAllListeners();
      await old?.close(0);
      this.#restarting = undefined;
      if (!this.#closed) this.start();
    })();
  }

  #show({ state, error }: ConnectionChange): void {
    const { status } = this.#context;
    this.#connected = state === 'connected' && !error;
    if (error) this.#context.trouble(error);
    else if (state === 'connected') {
      this.#context.recovered();
      this.#showLag();
    } else status.show(state, this.#context.word(`common.status.${state}`));
  }

  #showLag(): void {
    if (!this.#connected) return;
    const { status, options } = this.#context;
    const holder = this.#tracked && this.#tracked.inFlight >= options.window ? this.#tracked.holder() : undefined;
    if (holder) {
      const name = (holder.name || holder.type).slice(0, 14);
      status.show('busy', this.#context.word('status.held', { node: name }));
    } else status.show('connected', this.#context.word('status.lag', { count: shortCount(this.#lag) }));
  }
}
