import type { NodeAPI } from '@node-red/registry';
import type { InfluxConnectionOptions } from '../../lib/influx/influx-options';
import { TwinError } from '../../lib/reading/twin-error';
import { type NodeContext, asTwinError } from '../common/node-context';
import { connectionOf } from '../common/register-config';
import { type InputFlow, registerNode } from '../common/register-node';
import type { FlowMessage } from '../common/message';
import { shortCount } from '../common/short-count';
import { statusOfError } from '../common/status-of-error';
import { definition as databaseDefinition } from '../influx-twin-database/options';
import { HistoryReader, sizeOf } from './history-reader';
import { deleteRangeOf } from './message-query';
import { definition } from './options';

type Context = NodeContext<typeof definition>;
type Flow = InputFlow<typeof definition>;

/** Queries that may wait for the one under way. */
const MAX_WAITING = 1_000;

export default function (RED: NodeAPI): void {
  registerNode(RED, definition, (context) => {
    const connection = connectionOf<InfluxConnectionOptions>(RED, databaseDefinition, context.options.database);
    const queries = new Queries(context, new HistoryReader(connection, context.options));
    return { input: (message, flow) => queries.answer(message, flow), close: () => queries.close() };
  });
}

/** Answers one message after the other, so that answers leave in the order of the questions. */
class Queries {
  readonly #stop = new AbortController();
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(
    private readonly context: Context,
    private readonly reader: HistoryReader,
  ) {
    context.status.show('idle', context.word('status.ready'));
  }

  answer(message: FlowMessage, flow: Flow): Promise<void> {
    if (this.#waiting >= MAX_WAITING) {
      const text = `${MAX_WAITING} queries already wait: ask more slowly`;
      return Promise.reject(new TwinError('INFLUX_BUSY', text, { retryable: true }));
    }
    this.#waiting++;
    const answered = this.#last.then(() => this.#answer(message, flow));
    this.#last = answered.catch(() => {}).finally(() => this.#waiting--);
    return answered;
  }

  close(): void {
    this.#stop.abort(new TwinError('INFLUX_CLOSED', 'the node was stopped', { retryable: true }));
    this.reader.close();
  }

  async #answer(message: FlowMessage, flow: Flow): Promise<void> {
    const { context } = this;
    context.status.show('busy', context.word('status.reading'));
    try {
      this.#stop.signal.throwIfAborted();
      if (message.action === 'delete') await this.#delete(message, flow);
      else if (context.options.batches) await this.#readBatches(message, flow);
      else await this.#read(message, flow);
    } catch (thrown) {
      // A deploy came first. Whoever can send the message again must do so.
      if (this.#stop.signal.aborted) return new Promise(() => {});
      const error = asTwinError(thrown);
      context.status.show(error.retryable ? 'waiting' : 'failed', statusOfError(context.RED, error));
      throw thrown;
    }
  }

  async #read(message: FlowMessage, flow: Flow): Promise<void> {
    const result = await this.reader.whole(message, this.#stop.signal);
    this.#showCount(sizeOf(result));
    message.payload = result;
    flow.send('result', message);
  }

  /** Sends each part when the next is known, so that the last can say how many there were (`msg.parts`). */
  async #readBatches(message: FlowMessage, flow: Flow): Promise<void> {
    const id = this.context.RED.util.generateId();
    let index = 0;
    let count = 0;
    let held: FlowMessage | undefined;
    for await (const payload of this.reader.parts(message, this.#stop.signal)) {
      if (held) flow.send('result', held);
      count += sizeOf(payload);
      held = { ...message, payload, parts: { id, type: 'array', index: index++, len: sizeOf(payload) } };
    }
    held ??= { ...message, payload: [], parts: { id, type: 'array', index: index++, len: 0 } };
    flow.send('result', { ...held, parts: { ...(held.parts as object), count: index } });
    this.#showCount(count);
  }

  async #delete(message: FlowMessage, flow: Flow): Promise<void> {
    if (!this.context.options.allowDelete) {
      throw new TwinError('INFLUX_DELETE_FORBIDDEN', 'this node does not delete: allow it in its options');
    }
    const range = deleteRangeOf(this.context.options, message, Date.now());
    await this.reader.history.deleteRange(range, this.#stop.signal);
    this.context.status.show('connected', this.context.word('status.deleted'));
    message.payload = { deleted: range };
    flow.send('result', message);
  }

  #showCount(count: number): void {
    this.context.status.show('connected', this.context.word('status.read', { count: shortCount(count) }));
  }
}
