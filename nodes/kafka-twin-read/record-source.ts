import { KafkaConsumer, type KafkaConsumerOptions, type KafkaDelivery } from '../../lib/kafka/kafka-consumer';
import { FlowSource, type Outgoing } from '../common/completion/flow-source';
import { SourceStatus } from '../common/completion/source-status';
import { rejectedError } from '../common/message';
import { type NodeContext, asTwinError } from '../common/node-context';
import { shortCount } from '../common/short-count';
import type { definition } from './options';
import { messageOf, payloadOf } from './record-message';

/**
 * Records of a consumer as messages of a flow. With *commit when the flow has finished*, what was not settled when a
 * node was stopped is read again from the last committed record.
 */
export class RecordSource {
  readonly #context: NodeContext<typeof definition>;
  readonly #flow: FlowSource<typeof definition, KafkaConsumer>;
  readonly #status: SourceStatus<typeof definition>;
  #lag = 0;

  constructor(context: NodeContext<typeof definition>, options: KafkaConsumerOptions) {
    this.#context = context;
    const { mode, commit, holdLimit, window } = context.options;
    const byFlow = mode === 'group' && commit === 'flow';
    this.#status = new SourceStatus(context, {
      holder: () => this.#flow.holder(),
      held: (node) => context.word('status.held', { node }),
      well: () => context.word('status.lag', { count: shortCount(this.#lag) }),
    });
    this.#flow = new FlowSource(context, {
      ...{ window, holdLimitMs: byFlow ? holdLimit * 1000 : undefined },
      make: () => this.#consumer(options),
      onChange: () => this.#status.show(),
    });
    context.meter.gauge('lag', () => this.#lag, true);
  }

  start(): void {
    this.#flow.start();
  }

  close(): Promise<void> {
    return this.#flow.close();
  }

  #consumer(options: KafkaConsumerOptions): KafkaConsumer {
    const consumer = new KafkaConsumer(options);
    consumer.on('state', (change) => this.#status.change(change));
    consumer.on('lag', (lag) => {
      this.#lag = lag;
      this.#status.show();
    });
    consumer.on('delivery', (delivery) => this.#deliver(delivery));
    consumer.on('unreadable', (error, settle) => {
      const { topic, partition, lastOffset } = error.facts;
      const place = { topic: String(topic), partition, offset: Number(lastOffset), payload: null };
      const message = { ...place, error: rejectedError(error, this.#context.node) };
      this.#flow.send(this.#flow.refuse(error) ? [{ port: 'rejected', message }] : [], settle);
    });
    consumer.on('warning', (error) => this.#context.mention(error));
    return consumer;
  }

  #deliver({ records, settle }: KafkaDelivery): void {
    const { options, counters } = this.#context;
    counters.received += records.length;
    const good: unknown[] = [];
    const outgoing: Outgoing<typeof definition>[] = [];
    for (const record of records) {
      try {
        good.push(payloadOf(record, options));
      } catch (thrown) {
        const error = asTwinError(thrown);
        const refused = messageOf(record, record.value);
        refused['error'] = rejectedError(error, this.#context.node);
        if (this.#flow.refuse(error)) outgoing.push({ port: 'rejected', message: refused });
      }
    }
    const [first] = records;
    if (good.length > 0 && first) {
      const payload = options.deliver === 'batch' ? good : good[0];
      outgoing.unshift({ port: 'records', message: messageOf(first, payload) });
    }
    this.#flow.send(outgoing, settle);
  }
}
