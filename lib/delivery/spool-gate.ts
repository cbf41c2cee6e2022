import { TwinError } from '../reading/twin-error';
import type { Spool } from './spool';
import type { SpoolDrain } from './spool-drain';
import type { LostRecords } from './spool-events';
import { TurnoverSet } from './turnover-set';
import { withinTime } from './within-time';

/**
 * What goes first after an outage.
 *
 * `in-order` (default): while a backlog is left, new messages join its end, so that each board's messages arrive in
 * their order. New data are late by the time that the backlog takes; a rate below that of the new data never ends it.
 * For MQTT (a subscriber shows the last value; a retained one must be the newest) and Kafka (order within a key).
 *
 * `live-first`: new messages go out at once, the backlog beside them at its rate. Old data arrive after newer ones, so
 * only for receivers that go by the time in the data: InfluxDB.
 */
export type SpoolOrder = 'in-order' | 'live-first';

const CLOSE_MS = 2_000;

/** How a message was taken: the server has it, or the disk has it. */
export type Delivery = 'sent' | 'spooled';

export interface SpoolGateOptions {
  readonly spool: Spool;
  readonly drain: SpoolDrain;
  readonly order?: SpoolOrder;
  /** How long, once the server is back, the backlog waits for what was under way when it went (default 2 s). */
  readonly settleMs?: number;
}

interface LiveSend {
  readonly payload: () => Buffer;
  readonly resolve: (delivery: Delivery) => void;
  readonly reject: (error: unknown) => void;
  readonly settled: Promise<unknown>;
  /** Its copy in the spool, made when the server went. */
  copy?: Promise<number>;
  /** Of the copy, once it is stored. */
  sequence?: number;
}

/**
 * Decides for each new message: to the server, or into the spool. The owner tells it by `resume` and `pause` whether
 * the server accepts; it begins paused.
 *
 * What is under way when the server goes is copied into the spool at once, in its order: it is then safe whatever dies
 * next. When the sink still gets it confirmed, its copy is passed over; so a message arrives twice only when its
 * confirmation was lost or came later than `settleMs` after the return.
 */
export class SpoolGate {
  readonly #spool: Spool;
  readonly #drain: SpoolDrain;
  readonly #order: SpoolOrder;
  readonly #settleMs: number;
  readonly #stop = new AbortController();
  readonly #live = new TurnoverSet<LiveSend>();
  readonly #appending = new TurnoverSet<Promise<number>>();
  #accepting = false;
  #ending = false;

  constructor({ spool, drain, order = 'in-order', settleMs = 2_000 }: SpoolGateOptions) {
    this.#spool = spool;
    this.#drain = drain;
    this.#order = order;
    this.#settleMs = settleMs;
  }

  /** The server accepts. */
  resume(): void {
    if (this.#accepting || this.#stop.signal.aborted) return;
    this.#accepting = true;
    void this.#resumeDrain();
  }

  /** The server does not accept. */
  pause(): void {
    this.#accepting = false;
    this.#drain.pause();
    for (const live of this.#live.values()) if (!live.copy) this.#copy(live);
  }

  /**
   * Takes a message: `send` brings it to the server and may retry for as long as it likes; `payload` makes what the
   * drain will get if it goes into the spool, and is called only then. Resolves when it is safe. Call in the order of
   * the messages.
   *
   * @throws the error of `send` when that is not retryable; else the error of the spool: then the message is in no safe
   *   place, and the caller counts it as lost
   */
  async deliver(payload: () => Buffer, send: () => Promise<unknown>): Promise<Delivery> {
    // A last message, for which the sink has no time any more: safe as long as the spool is open, which refuses it
    // after.
    if (this.#stop.signal.aborted) return this.#append(payload);
    if (!this.#mustWait) return this.#sendLive(payload, send);
    try {
      return await this.#append(payload);
    } catch (error) {
      // A full disk while the server is there: better out of order than lost.
      if (this.#accepting) return this.#sendLive(payload, send);
      throw error;
    }
  }

  /** Begins to send nothing more of the backlog, as the sink is about to close. */
  stopDraining(): void {
    this.#ending = true;
    this.#drain.pause();
  }

  /** Whether messages wait in the spool, or are on their way into it. */
  get backlogged(): boolean {
    return this.#spool.length > 0 || this.#appending.size > 0;
  }

  /**
   * How many of the records that the spool has dropped are lost. The others are copies of messages that the server has,
   * or that are still under way to it: those are the sink's alone again.
   */
  lost({ count, first, last }: LostRecords): number {
    let safe = this.#drain.forget(first, last);
    for (const live of this.#live.values()) {
      const { sequence = 0 } = live;
      if (sequence < first || sequence > last) continue;
      delete live.copy;
      delete live.sequence;
      safe += 1;
    }
    return count - safe;
  }

  /**
   * Sends no more (what still comes goes into the spool), and closes the drain. Close the sink before, so that what is
   * under way ends, and the spool after. What the sink gave up, or has not confirmed yet, is in the spool when this
   * resolves, which takes at most 3 s. Idempotent.
   */
  async close(): Promise<void> {
    this.pause();
    this.#stop.abort(new TwinError('DELIVERY_CLOSED', 'the sink is closed', { retryable: true }));
    // What the sink has just given up gets here a moment after the sink's own end.
    await new Promise((turn) => setImmediate(turn));
    await withinTime(Promise.allSettled(this.#appending.values()), CLOSE_MS);
    await this.#drain.close();
  }

  get #mustWait(): boolean {
    return !this.#accepting || (this.#order === 'in-order' && this.backlogged);
  }

  async #append(payload: () => Buffer): Promise<'spooled'> {
    await this.#appendOne(payload);
    return 'spooled';
  }

  #appendOne(payload: () => Buffer): Promise<number> {
    const appending = this.#spool.append(payload()).finally(() => this.#appending.delete(appending));
    this.#appending.add(appending);
    return appending;
  }

  #sendLive(payload: () => Buffer, send: () => Promise<unknown>): Promise<Delivery> {
    return new Promise((resolve, reject) => {
      const sending = send();
      const live: LiveSend = { payload, resolve, reject, settled: sending.catch(() => undefined) };
      this.#live.add(live);
      sending.then(
        () => this.#onSent(live),
        (error: unknown) => this.#onFailed(live, error),
      );
    });
  }

  #copy(live: LiveSend): void {
    live.copy = this.#appendOne(live.payload);
    // Without a copy its fate stays with the sink alone.
    live.copy.then(
      (sequence) => {
        live.sequence = sequence;
        live.resolve('spooled');
      },
      () => undefined,
    );
  }

  #onSent(live: LiveSend): void {
    this.#live.delete(live);
    live.copy?.then(
      (sequence) => this.#drain.skip(sequence),
      () => undefined,
    );
    live.resolve('sent');
  }

  #onFailed(live: LiveSend, error: unknown): void {
    this.#live.delete(live);
    const retryable = error instanceof TwinError && error.retryable;
    if (!retryable && !live.copy) live.reject(error);
    else {
      this.#keep(live, retryable).then(
        () => live.resolve('spooled'),
        (spoolError) => live.reject(retryable ? spoolError : error),
      );
    }
  }

  /**
   * What the sink has given up: its copy, or a new one where the disk had no room for the first, as now nobody has it.
   */
  async #keep({ payload, copy }: LiveSend, retryable: boolean): Promise<number> {
    if (!copy) return this.#appendOne(payload);
    return retryable ? copy.catch(() => this.#appendOne(payload)) : copy;
  }

  async #resumeDrain(): Promise<void> {
    const copied = this.#live.values().filter(({ copy }) => copy !== undefined);
    if (copied.length > 0) await withinTime(Promise.all(copied.map(({ settled }) => settled)), this.#settleMs);
    if (this.#accepting && !this.#ending) this.#drain.resume();
  }
}
