import { messageOf, TwinError } from '../reading/twin-error';
import { TurnoverSet } from './turnover-set';

/** What became of one item of a batch. */
export type BatchOutcome<R> =
  { readonly ok: true; readonly value: R } | { readonly ok: false; readonly error: TwinError };

/** Sends one batch; answers one outcome per item, in the order of the items. Must end soon after `signal` aborts. */
export type Flush<T, R> = (items: readonly T[], signal: AbortSignal) => Promise<readonly BatchOutcome<R>[]>;

export interface NaturalBatcherOptions<T> {
  /** Most items in one batch. */
  readonly maxItems: number;
  /** Most bytes in one batch, by `sizeOf`; an item larger than this goes alone. */
  readonly maxBytes?: number;
  readonly sizeOf?: (item: T) => number;
  /** Batches under way at once (default 1, which keeps the order of the items). */
  readonly concurrency?: number;
  /** Items waiting at most (default 100,000); beyond it `add` rejects with the retryable `DELIVERY_QUEUE_FULL`. */
  readonly maxQueued?: number;
}

interface Entry<T, R> {
  readonly item: T;
  readonly size: number;
  readonly resolve: (value: R) => void;
  readonly reject: (error: TwinError) => void;
}

/**
 * Batches without waiting: what is there goes out at once; what arrives while a batch is under way makes the next one,
 * up to the maximum. A slow server thus gets larger batches, an idle one the lowest delay, and no timer can deadlock
 * with a window.
 */
export class NaturalBatcher<T, R> {
  readonly #flush: Flush<T, R>;
  readonly #maxItems: number;
  readonly #maxBytes: number;
  readonly #sizeOf: (item: T) => number;
  readonly #concurrency: number;
  readonly #maxQueued: number;
  readonly #queue: Entry<T, R>[] = [];
  readonly #underWay = new TurnoverSet<readonly Entry<T, R>[]>();
  readonly #abort = new AbortController();
  #inFlight = 0;
  #pumpPlanned = false;
  #closing: Promise<void> | undefined;
  #onIdle: (() => void) | undefined;

  constructor(
    flush: Flush<T, R>,
    { maxItems, maxBytes = Infinity, sizeOf = () => 0, concurrency = 1, maxQueued = 100_000 }: NaturalBatcherOptions<T>,
  ) {
    this.#flush = flush;
    this.#maxItems = maxItems;
    this.#maxBytes = maxBytes;
    this.#sizeOf = sizeOf;
    this.#concurrency = concurrency;
    this.#maxQueued = maxQueued;
  }

  /** Items that wait for a batch. */
  get queued(): number {
    return this.#queue.length;
  }

  /** Items in batches under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Queues an item; settles with its own outcome. */
  add(item: T): Promise<R> {
    return new Promise((resolve, reject) => {
      if (this.#closing) return reject(closedError());
      if (this.#queue.length >= this.#maxQueued) {
        return reject(
          new TwinError('DELIVERY_QUEUE_FULL', `${this.#maxQueued} items already wait to be sent: send more slowly`, {
            retryable: true,
          }),
        );
      }
      this.#queue.push({ item, size: this.#sizeOf(item), resolve, reject });
      this.#planPump();
    });
  }

  /** Takes no more items, lets the rest go out for up to `drainMs`, then aborts and rejects what is left. */
  close(drainMs: number): Promise<void> {
    this.#closing ??= this.#drain(drainMs);
    return this.#closing;
  }

  async #drain(drainMs: number): Promise<void> {
    if (this.#queue.length > 0 || this.#underWay.size > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, drainMs);
        this.#onIdle = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const left = [...this.#underWay.values().flat(), ...this.#queue.splice(0)];
    this.#abort.abort(closedError());
    for (const { reject } of left) reject(closedError());
  }

  /** A microtask later, so that items added in one go share a batch. */
  #planPump(): void {
    if (this.#pumpPlanned) return;
    this.#pumpPlanned = true;
    queueMicrotask(() => {
      this.#pumpPlanned = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#queue.length > 0 && this.#underWay.size < this.#concurrency) void this.#send(this.#takeBatch());
    if (this.#queue.length === 0 && this.#underWay.size === 0) this.#onIdle?.();
  }

  #takeBatch(): readonly Entry<T, R>[] {
    let count = 0;
    let bytes = 0;
    for (const { size } of this.#queue) {
      if (count > 0 && (count >= this.#maxItems || bytes + size > this.#maxBytes)) break;
      count++;
      bytes += size;
    }
    return this.#queue.splice(0, count);
  }

  async #send(batch: readonly Entry<T, R>[]): Promise<void> {
    this.#underWay.add(batch);
    this.#inFlight += batch.length;
    try {
      const outcomes = await this.#flush(
        batch.map(({ item }) => item),
        this.#abort.signal,
      );
      batch.forEach(({ resolve, reject }, index) => {
        const outcome = outcomes[index];
        if (!outcome) reject(new TwinError('DELIVERY_NO_OUTCOME', 'the batch was sent, but this item got no outcome'));
        else if (outcome.ok) resolve(outcome.value);
        else reject(outcome.error);
      });
    } catch (thrown) {
      const error = thrown instanceof TwinError ? thrown : flushError(thrown);
      for (const { reject } of batch) reject(error);
    } finally {
      this.#underWay.delete(batch);
      this.#inFlight -= batch.length;
      this.#pump();
    }
  }
}

const closedError = (): TwinError =>
  new TwinError('DELIVERY_CLOSED', 'the sender was closed before the server confirmed this item', { retryable: true });

const flushError = (cause: unknown): TwinError =>
  new TwinError('DELIVERY_FLUSH_FAILED', `the batch could not be sent: ${messageOf(cause)}`, { cause });
