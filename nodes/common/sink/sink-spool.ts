import { join } from 'node:path';
import { EventEmitter } from 'node:events';
import { Backoff } from '../../../lib/delivery/backoff';
import { retryForever } from '../../../lib/delivery/retry';
import { Spool } from '../../../lib/delivery/spool';
import { SpoolDrain } from '../../../lib/delivery/spool-drain';
import type { DropReason } from '../../../lib/delivery/spool-events';
import { type Delivery, SpoolGate, type SpoolOrder } from '../../../lib/delivery/spool-gate';
import { withinTime } from '../../../lib/delivery/within-time';
import { TwinError } from '../../../lib/reading/twin-error';
import type { SpoolSettings } from './spool-options';

const MEBIBYTE = 2 ** 20;
const HOUR_MS = 3_600_000;
const WHY: Readonly<Record<DropReason, string>> = {
  full: 'the spool was full, so the oldest went; make it larger, or bring the server back sooner',
  age: 'they were older than the spool may keep them',
  damaged: 'their bytes on disk were damaged',
};

export interface SinkSpoolOptions {
  readonly folder: string;
  readonly settings: SpoolSettings;
  readonly order: SpoolOrder;
  /** The user has switched it off: it sends what it still holds, and when that is gone it takes nothing more. */
  readonly windingUp: boolean;
  /** Sends a message that was in the spool. */
  readonly resend: (payload: Buffer) => Promise<unknown>;
}

interface SinkSpoolEvents {
  /** Messages came into the spool, or left it. */
  change: [];
  /** A message that the server will never take. */
  refused: [payload: Buffer, error: TwinError];
  /** Messages that are lost. */
  lost: [count: number, error: TwinError];
  /** Something that should be seen; nothing is lost by it. */
  trouble: [TwinError];
}

interface Parts {
  readonly spool: Spool;
  readonly drain: SpoolDrain;
  readonly gate: SpoolGate;
}

/** Messages wait in memory for so long to learn whether the server is there at all. */
const FIRST_STATE_MS = 2_000;
/** A disk that hangs, or a lock whose holder is being watched, holds a deploy up no longer. */
const OPENING_MS = 1_000;

/**
 * The messages of one sink that wait on disk. While the spool cannot be opened (another Node-RED has it, the disk
 * fails), messages go to the server alone, and it is tried again.
 */
export class SinkSpool extends EventEmitter<SinkSpoolEvents> {
  readonly #options: SinkSpoolOptions;
  readonly #stop = new AbortController();
  /** Ends with the first attempt to open it, however that went. */
  #opening: Promise<void> | undefined;
  /** Ends when it is known whether the server is there, so that a start is not taken for an outage. */
  #deciding: Promise<void> | undefined;
  #decided: () => void = () => {};
  #opened: Promise<unknown> = Promise.resolve();
  #parts: Parts | undefined;
  #accepting = false;

  constructor(options: SinkSpoolOptions) {
    super();
    this.#options = options;
  }

  /** Where the spool of a node lies, in the user folder of its runtime. */
  static folderOf(userDir: string, nodeId: string): string {
    // An id comes from a flow that somebody may have written by hand.
    return join(userDir, 'digital-twin', 'spool', nodeId.replace(/[^\w-]/g, '_'));
  }

  /** Opens the spool, and sends what an earlier run left in it once the server accepts. */
  start(): void {
    this.#deciding = new Promise((decided) => {
      const limit = setTimeout(() => this.#decided(), FIRST_STATE_MS);
      this.#decided = () => {
        clearTimeout(limit);
        this.#deciding = undefined;
        decided();
      };
    });
    this.#opening = new Promise((attempted) => {
      this.#opened = retryForever(() => this.#open(), {
        signal: this.#stop.signal,
        backoff: new Backoff({ minMs: 500, maxMs: 10_000 }),
        onRetry: (error) => {
          this.emit('trouble', error as TwinError);
          attempted();
        },
      })
        .catch((error: unknown) => !this.#stop.signal.aborted && this.emit('trouble', error as TwinError))
        .finally(attempted);
    });
  }

  /**
   * To be called when the node begins to close: waits no longer for the server's first state, gives the opening a
   * moment, and begins to send nothing more of the backlog.
   */
  async prepareClose(): Promise<void> {
    this.#decided();
    await withinTime(this.#opening, OPENING_MS);
    this.#parts?.gate.stopDraining();
  }

  get folder(): string {
    return this.#options.folder;
  }

  /** Messages that wait. */
  get length(): number {
    return this.#parts?.spool.length ?? 0;
  }

  /**
   * Whether the server accepts. When it does not, new messages go to the disk, and what is under way is copied there.
   */
  set accepting(accepting: boolean) {
    this.#decided();
    this.#accepting = accepting;
    if (accepting) this.#parts?.gate.resume();
    else this.#parts?.gate.pause();
  }

  /**
   * To the server, or to the disk while the server is away: see `SpoolGate.deliver`.
   * @param payload what `resend` will get
   */
  async deliver(payload: () => Buffer, send: () => Promise<unknown>): Promise<Delivery> {
    if (this.#opening) await this.#opening;
    if (this.#deciding) await this.#deciding;
    const gate = this.#parts?.gate;
    if (gate && (gate.backlogged || !this.#options.windingUp)) {
      const delivery = await gate.deliver(payload, send);
      if (delivery === 'spooled') this.emit('change');
      return delivery;
    }
    await send();
    return 'sent';
  }

  /** Close the server's client before. Takes longer than a moment only when the disk hangs. */
  async close(): Promise<void> {
    this.#stop.abort(new TwinError('DELIVERY_CLOSED', 'the spool is closed', { retryable: true }));
    await withinTime(this.#opened, OPENING_MS);
    await this.#parts?.gate.close();
    await this.#parts?.spool.close();
  }

  async #open(): Promise<void> {
    const { folder, settings, order, resend } = this.#options;
    const spool = await Spool.open({
      folder,
      maxBytes: settings.spoolSize * MEBIBYTE,
      durability: settings.spoolDurability,
      ...(settings.spoolAge > 0 && { maxAgeMs: settings.spoolAge * HOUR_MS }),
      lock: { signal: this.#stop.signal },
    });
    // Too late: the node has gone.
    if (this.#stop.signal.aborted) return spool.close();
    const drain = new SpoolDrain({
      spool,
      send: async ({ payload }) => {
        await resend(payload);
        this.emit('change');
      },
      ...(settings.spoolRate > 0 && { recordsPerSecond: settings.spoolRate }),
    });
    const gate = new SpoolGate({ spool, drain, order });
    spool.on('fault', (error) => this.emit('trouble', error));
    spool.on('dropped', (dropped) => {
      const { reason } = dropped;
      const count = gate.lost(dropped);
      if (count === 0) return;
      const message = `${count} messages were lost: ${WHY[reason]}`;
      this.emit('lost', count, new TwinError(`DELIVERY_LOST_${reason.toUpperCase()}`, message));
    });
    drain.on('refused', ({ payload }, error) => this.emit('refused', payload, error));
    drain.on('waiting', (error) => this.emit('trouble', error));
    drain.on('drained', () => this.emit('change'));
    this.#parts = { spool, drain, gate };
    this.#opening = undefined;
    if (this.#accepting) gate.resume();
    this.emit('change');
  }
}
