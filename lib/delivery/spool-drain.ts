import { EventEmitter } from 'node:events';
import { messageOf, TwinError } from '../reading/twin-error';
import { sleep as abortableSleep } from './abortable-sleep';
import { Backoff } from './backoff';
import type { Spool } from './spool';
import { SpoolPace, type SpoolPaceOptions } from './spool-pace';
import type { SpoolRecord } from './spool-record';
import { withinTime } from './within-time';

const CLOSE_MS = 1_000;

export interface SpoolDrainOptions extends SpoolPaceOptions {
  readonly spool: Spool;
  /**
   * Sends one record; called in the order of the log, up to `maxRecords` without waiting for each other. Resolves when
   * the server has it, or when the sink has given it up by its own means. A `TwinError` that is not retryable, or any
   * other error, refuses the record for good; a retryable one has it sent again, and those behind it too, so that their
   * order at the server ends right. What comes from here is late: the sink marks it (`Replayed`).
   */
  readonly send: (record: SpoolRecord, signal: AbortSignal) => Promise<unknown>;
  /** Records under way at once (default 200): what a live message may have to wait behind. */
  readonly maxRecords?: number;
  /** Bytes under way at once (default 1 MiB). */
  readonly maxBytes?: number;
  /** Waits after a failure (default 100 ms rising to 5 s). */
  readonly backoff?: Backoff;
}

export interface SpoolDrainEvents {
  /** The sink will never take this record: it was passed over. */
  refused: [SpoolRecord, TwinError];
  /** Sending or reading failed and is tried again. */
  waiting: [TwinError];
  /** The backlog is gone. */
  drained: [];
}

/**
 * Sends the backlog of a spool while its owner says that the server accepts: in order, at no more than a set rate, each
 * record at least once, acknowledged when all before it are done too.
 */
export class SpoolDrain extends EventEmitter<SpoolDrainEvents> {
  readonly #spool: Spool;
  readonly #send: SpoolDrainOptions['send'];
  readonly #maxRecords: number;
  readonly #maxBytes: number;
  readonly #backoff: Backoff;
  readonly #pace: SpoolPace;
  readonly #sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly #stop = new AbortController();
  /** Records that need no sending (any more): refused, or known to have arrived another way. */
  readonly #done = new Set<number>();
  readonly #onStored = () => this.#wake();
  #acknowledged = 0;
  #accepting = false;
  #nap: AbortController | undefined;
  #running: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor({ spool, send, maxRecords = 200, maxBytes = 2 ** 20, backoff, ...pace }: SpoolDrainOptions) {
    super();
    this.#spool = spool;
    this.#send = send;
    this.#maxRecords = maxRecords;
    this.#maxBytes = maxBytes;
    this.#backoff = backoff ?? new Backoff({ minMs: 100, maxMs: 5_000 });
    this.#pace = new SpoolPace(pace);
    this.#sleep = pace.sleep ?? abortableSleep;
    spool.on('stored', this.#onStored);
  }

  /** The server accepts. */
  resume(): void {
    this.#accepting = true;
    this.#backoff.reset();
    this.#nap?.abort();
    this.#wake();
  }

  /** The server does not accept: nothing more is begun; what is under way stays with the sink. */
  pause(): void {
    this.#accepting = false;
  }

  /** A record need not be sent: the server has it already. */
  skip(sequence: number): void {
    if (sequence > this.#acknowledged) this.#done.add(sequence);
  }

  /** How many of these records need no sending, so that nothing is lost with them. They are asked for once. */
  forget(first: number, last: number): number {
    const forgotten = [...this.#done].filter((sequence) => sequence >= first && sequence <= last);
    for (const sequence of forgotten) this.#done.delete(sequence);
    return forgotten.length;
  }

  /**
   * Begins nothing more, aborts what is under way and waits for it up to 1 s; the rest stays in the spool. Idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#accepting = false;
    this.#spool.off('stored', this.#onStored);
    this.#nap?.abort();
    this.#stop.abort(new TwinError('DELIVERY_CLOSED', 'the spool is no longer sent', { retryable: true }));
    await withinTime(this.#running, CLOSE_MS);
    if (this.#done.size === 0) return;
    // So that what has arrived another way is not sent again after the restart.
    const records = await this.#spool.read(this.#maxRecords, this.#maxBytes).catch(() => []);
    const open = records.findIndex(({ sequence }) => !this.#done.has(sequence));
    await this.#acknowledge(records.slice(0, open < 0 ? records.length : open)).catch(() => undefined);
  }

  get #mayRun(): boolean {
    return this.#accepting && !this.#closing;
  }

  #wake(): void {
    if (!this.#mayRun || this.#running || this.#spool.length === 0) return;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      // Something may have come in since the last look.
      this.#wake();
    });
  }

  async #run(): Promise<void> {
    while (this.#mayRun && this.#spool.length > 0) {
      try {
        await this.#sendSome();
        this.#backoff.reset();
      } catch (error) {
        if (this.#closing) return;
        this.emit('waiting', error instanceof TwinError ? error : sendError(error));
        this.#nap = new AbortController();
        await this.#sleep(this.#backoff.next(), this.#nap.signal).catch(() => undefined);
      }
    }
    if (this.#spool.length === 0) this.emit('drained');
  }

  async #sendSome(): Promise<void> {
    const allowed = await this.#pace.take(this.#maxRecords, this.#stop.signal);
    const records = this.#mayRun ? await this.#spool.read(allowed, this.#maxBytes) : [];
    this.#pace.giveBack(allowed - records.length);
    const errors = await Promise.all(records.map((record) => this.#sendOne(record)));
    const failed = errors.findIndex((error) => error !== undefined);
    await this.#acknowledge(failed < 0 ? records : records.slice(0, failed));
    if (errors[failed]) throw errors[failed];
  }

  /** Answers the error when the record is to be sent again. */
  async #sendOne(record: SpoolRecord): Promise<TwinError | undefined> {
    if (this.#done.has(record.sequence)) return undefined;
    try {
      await this.#send(record, this.#stop.signal);
      return undefined;
    } catch (thrown) {
      const error = thrown instanceof TwinError ? thrown : sendError(thrown);
      if (error.retryable || this.#closing) return error;
      this.#done.add(record.sequence);
      this.emit('refused', record, error);
      return undefined;
    }
  }

  async #acknowledge(records: readonly SpoolRecord[]): Promise<void> {
    const last = records.at(-1);
    if (!last) return;
    this.#acknowledged = last.sequence;
    for (const sequence of this.#done) if (sequence <= last.sequence) this.#done.delete(sequence);
    await this.#spool.acknowledge(last.sequence);
  }
}

const sendError = (cause: unknown): TwinError =>
  new TwinError('DELIVERY_SEND_FAILED', `a message of the spool could not be sent: ${messageOf(cause)}`, { cause });
