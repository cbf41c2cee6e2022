import type { NodeAPI } from '@node-red/registry';
import type { ConnectionChange } from '../../lib/delivery/connection-state';
import type { InfluxConnectionOptions } from '../../lib/influx/influx-options';
import { InfluxWriter } from '../../lib/influx/influx-writer';
import type { PointMapping } from '../../lib/influx/point-mapping';
import { type NodeContext, asTwinError } from '../common/node-context';
import { readingsOf } from '../common/readings-of';
import { connectionOf } from '../common/register-config';
import { type InputFlow, registerNode } from '../common/register-node';
import type { FlowMessage } from '../common/message';
import { shortCount } from '../common/short-count';
import { definition as databaseDefinition } from '../influx-twin-database/options';
import { definition } from './options';
import { mappingFor, mappingOf, pointsOfItem } from './points-of-item';

type Context = NodeContext<typeof definition>;

/** A deploy waits this long for the points under way, and not at all while the server is away. */
const DRAIN_MS = 5_000;

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    const { batch, parallel, gzip } = context.options;
    const connection = connectionOf<InfluxConnectionOptions>(RED, databaseDefinition, context.options.database);
    const writer = new InfluxWriter(connection, { maxLines: batch, concurrency: parallel, gzip });
    const sink = new Sink(context, writer, mappingOf(context.options));
    writer.start();
    return {
      input: (message, flow) => sink.write(message, flow),
      close: () => writer.close(sink.connected ? DRAIN_MS : 0),
    };
  });
}

/** One node's readings on their way into the database. */
class Sink {
  connected = false;
  #written = 0;

  constructor(
    private readonly context: Context,
    private readonly writer: InfluxWriter,
    private readonly mapping: PointMapping,
  ) {
    writer.on('state', (change) => this.#show(change));
  }

  /** Resolves when the server has accepted everything in the message that it ever will. */
  async write(message: FlowMessage, flow: InputFlow<typeof definition>): Promise<void> {
    const mapping = mappingFor(this.mapping, message);
    const { items, batch } = readingsOf(message.payload);
    const outcomes = await Promise.allSettled(items.map((item) => this.#writeItem(item, mapping)));
    const errors = outcomes.map((outcome) => (outcome.status === 'rejected' ? asTwinError(outcome.reason) : undefined));
    // A deploy came first. Neither accepted nor rejected: whoever can send the message again must do so.
    if (errors.some((error) => error?.code === 'DELIVERY_CLOSED')) return new Promise(() => {});
    errors.forEach((error, index) => error && flow.reject({ ...message, payload: items[index] }, error));
    const accepted = items.filter((_, index) => !errors[index]);
    if (accepted.length === 0 && items.length > 0) return;
    if (batch && accepted.length < items.length) message.payload = accepted;
    flow.send('accepted', message);
  }

  async #writeItem(item: unknown, mapping: PointMapping): Promise<void> {
    const points = pointsOfItem(item, mapping, Date.now());
    await this.writer.write(points);
    this.#written += points.length;
    this.#showCount();
  }

  #showCount(): void {
    if (!this.connected) return;
    const count = shortCount(this.#written);
    this.context.status.show('connected', this.context.word('status.written', { count }));
  }

  #show({ state, error }: ConnectionChange): void {
    this.connected = state === 'connected';
    if (error) {
      this.context.trouble(error);
    } else if (state === 'connecting') {
      this.context.status.show('connecting', this.context.word('common.status.connecting'));
    } else if (this.connected) {
      this.context.recovered();
      this.#showCount();
    }
  }
}
