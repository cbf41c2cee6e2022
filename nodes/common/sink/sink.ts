import type { ConnectionChange } from '../../../lib/delivery/connection-state';
import type { SpoolOrder } from '../../../lib/delivery/spool-gate';
import { hasReceipt } from '../completion/tracked-source';
import type { NodeDefinition } from '../definition';
import type { FlowMessage } from '../message';
import type { NodeContext } from '../node-context';
import { SinkSpool } from './sink-spool';
import { SinkStatus } from './sink-status';
import type { SpoolSettings } from './spool-options';

/** A deploy waits this long for the server to confirm what is under way; what is not on disk by then comes again. */
const DRAIN_MS = 2_000;

export interface SinkOptions {
  readonly settings: SpoolSettings;
  readonly order: SpoolOrder;
  /** The words for a count of written readings, shortened. */
  readonly counted: (count: string) => string;
  /** Sends a message that was in the spool. */
  readonly resend: (payload: Buffer) => Promise<unknown>;
  /** A message of the spool as it leaves by `rejected` when the server will never take it. */
  readonly describe: (payload: Buffer) => FlowMessage;
}

/** How a reading was taken: the server has it and said this, or the disk has it. */
export type Taken<R> = { readonly spooled: false; readonly answer: R } | { readonly spooled: true };

/**
 * One node's way to its server. A message whose source can send it again (it carries a receipt) waits for the server,
 * as long as it takes; any other goes to the disk while the server is away.
 */
export class Sink<D extends NodeDefinition> {
  readonly #context: NodeContext<D>;
  readonly #status: SinkStatus<D>;
  readonly #spool: SinkSpool | undefined;
  /** Whether the server has been there, or is known to be away. */
  #known = false;
  #closing = false;

  constructor(context: NodeContext<D>, { settings, order, counted, resend, describe }: SinkOptions) {
    this.#context = context;
    this.#status = new SinkStatus(context, counted, () => this.#spool?.length ?? 0);
    const userDir = context.RED.settings.userDir;
    // A runtime that somebody has embedded may have no folder of its own.
    if (!settings.spool || userDir === undefined) return;
    const send = async (payload: Buffer): Promise<void> => {
      await resend(payload);
      this.#status.written(1);
    };
    this.#spool = new SinkSpool({
      folder: SinkSpool.folderOf(userDir, context.node.id),
      settings,
      order,
      resend: send,
    });
    context.meter.gauge('spooled', () => this.#spool?.length ?? 0, true);
    this.#spool.on('change', () => this.#status.show());
    this.#spool.on('trouble', (error) => context.mention(error));
    this.#spool.on('lost', (count, error) => {
      context.counters.lost += count;
      context.mention(error);
      this.#status.show();
    });
    this.#spool.on('refused', (payload, error) => {
      const message = describe(payload);
      if (!context.reject(message, error)) context.node.error(error.message, message);
    });
    this.#spool.start();
  }

  /** Hears of every change of the server's connection. */
  readonly changed = (change: ConnectionChange): void => {
    this.#status.change(change);
    this.#known ||= change.state !== 'connecting';
    if (this.#spool && this.#known && !this.#closing) this.#spool.accepting = this.#status.connected;
  };

  /**
   * Resolves when the server or the disk has the reading.
   *
   * @param message the message that it came with
   * @param payload what `resend` gets, should it have to wait on disk
   */
  async take<R>(message: FlowMessage, payload: () => Buffer, send: () => Promise<R>): Promise<Taken<R>> {
    let answer: R | undefined;
    const sending = async (): Promise<void> => {
      answer = await send();
      this.#status.written(1);
    };
    if (!this.#spool || hasReceipt(this.#context.RED, message)) await sending();
    else if ((await this.#spool.deliver(payload, sending)) === 'spooled') return { spooled: true };
    return { spooled: false, answer: answer as R };
  }

  /** @param closeClient takes how long the server may have for what is under way, in ms */
  async close(closeClient: (drainMs: number) => Promise<void>): Promise<void> {
    await this.#spool?.ready();
    this.#closing = true;
    await closeClient(this.#status.connected ? DRAIN_MS : 0);
    await this.#spool?.close();
  }
}
