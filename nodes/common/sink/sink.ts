import { existsSync } from 'node:fs';
import type { ConnectionChange } from '../../../lib/delivery/connection-state';
import type { SpoolOrder } from '../../../lib/delivery/spool-gate';
import { TwinError } from '../../../lib/reading/twin-error';
import { hasReceipt } from '../completion/tracked-source';
import type { NodeDefinition } from '../definition';
import type { FlowMessage } from '../message';
import type { NodeContext } from '../node-context';
import { RetryLine } from './retry-line';
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
  readonly #line = new RetryLine();
  #spool: SinkSpool | undefined;
  /** Whether the server has been there, or is known to be away. */
  #known = false;
  #closing = false;
  /** Messages that a deploy has cut off and that nobody will send again. */
  #cutOff = 0;

  constructor(context: NodeContext<D>, options: SinkOptions) {
    this.#context = context;
    this.#status = new SinkStatus(context, options.counted, () => this.#spool?.length ?? 0);
    const userDir = context.RED.settings.userDir;
    // A runtime that somebody has embedded may have no folder of its own.
    if (userDir === undefined) return;
    const folder = SinkSpool.folderOf(userDir, context.node.id);
    // What waits from the time when it was switched on is not forgotten.
    if (options.settings.spool || existsSync(folder)) this.#spool = this.#openSpool(folder, options);
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
   * @param payload makes what `resend` gets, should it have to wait on disk
   */
  async take<R>(message: FlowMessage, payload: () => Buffer, send: () => Promise<R>): Promise<Taken<R>> {
    let answer: R | undefined;
    const sending = async (): Promise<void> => {
      answer = await send();
      this.#status.written(1);
    };
    if (hasReceipt(this.#context.RED, message)) await this.#line.send(sending);
    else if ((await this.#takeForGood(payload, sending)) === 'spooled') return { spooled: true };
    return { spooled: false, answer: answer as R };
  }

  /**
   * @param closeClient takes how long the server may have for what is under way, in ms
   * @param removed the node is gone for good
   */
  async close(closeClient: (drainMs: number) => Promise<void>, removed: boolean): Promise<void> {
    // What Node-RED has already taken from the node before, it hands on in its next turn: it is not to find a closed
    // door.
    await new Promise((turn) => setImmediate(turn));
    this.#line.close();
    await this.#spool?.prepareClose();
    this.#closing = true;
    await closeClient(this.#status.connected ? DRAIN_MS : 0);
    await this.#spool?.close();
    this.#tellWhatIsLeft(removed);
  }

  /** A message that nobody will send again. */
  async #takeForGood(payload: () => Buffer, sending: () => Promise<void>): Promise<'sent' | 'spooled'> {
    try {
      if (this.#spool) return await this.#spool.deliver(payload, sending);
      await sending();
      return 'sent';
    } catch (error) {
      if (this.#closing && error instanceof TwinError && error.retryable) this.#cutOff++;
      throw error;
    }
  }

  #openSpool(folder: string, { settings, order, resend, describe }: SinkOptions): SinkSpool {
    const context = this.#context;
    const status = this.#status;
    const spool = new SinkSpool({
      ...{ folder, settings, order, windingUp: !settings.spool },
      resend: async (payload) => {
        await resend(payload);
        status.written(1);
      },
    });
    context.meter.gauge('spooled', () => spool.length, true);
    spool.on('change', () => status.show());
    spool.on('trouble', (error) => this.#closing || context.mention(error));
    spool.on('lost', (count, error) => {
      context.counters.lost += count;
      context.mention(error);
      status.show();
    });
    spool.on('refused', (payload, error) => {
      const message = described(payload, describe);
      if (!context.reject(message, error)) context.node.error(error.message, message);
    });
    spool.start();
    return spool;
  }

  #tellWhatIsLeft(removed: boolean): void {
    const context = this.#context;
    const waiting = this.#spool?.length ?? 0;
    if (this.#cutOff > 0) {
      context.counters.lost += this.#cutOff;
      context.node.error(
        `${this.#cutOff} messages were lost: the node was stopped before its server had them, and they were not on disk`,
      );
    }
    if (removed && waiting > 0) {
      context.node.warn(
        `${waiting} messages still wait in ${this.#spool?.folder}: bring the node back to have them sent, or delete the folder`,
      );
    }
  }
}

/** Bytes that another version or another node wrote under this id may not be what this one knows. */
function described(payload: Buffer, describe: SinkOptions['describe']): FlowMessage {
  try {
    return describe(payload);
  } catch {
    return { payload: Buffer.from(payload) };
  }
}
