import { TwinError } from '../reading/twin-error';
import { TurnoverMap } from './turnover-map';

/** Settled entries are cut from the front of the list in pieces of at least this many, so that a cut is rare. */
const CUT_AT = 1024;

/**
 * Which of the offsets handed out are done, and how far they are done without a gap: what a consumer may commit.
 * Every call costs O(1) amortised, whatever the order of settling; memory is bounded by the window of the caller.
 */
export class SettledPrefix {
  /** Added offsets in rising order; those before `#head` belong to the settled prefix. */
  readonly #offsets: bigint[] = [];
  #head = 0;
  /** Whether an offset at or behind `#head` is settled. */
  readonly #settled = new TurnoverMap<bigint, boolean>();
  #open = 0;
  #last: bigint | undefined;

  /** Takes an offset into the window. Offsets rise; gaps are allowed (compaction, transaction markers). */
  add(offset: bigint): void {
    if (this.#last !== undefined && offset <= this.#last) {
      throw new TwinError(
        'DELIVERY_OFFSET_ORDER',
        `offset ${offset} came after ${this.#last}: begin a new prefix after a rewind`,
      );
    }
    this.#last = offset;
    this.#offsets.push(offset);
    this.#settled.set(offset, false);
    this.#open++;
  }

  /** Marks an offset as done. Offsets that are unknown or already settled are ignored. */
  settle(offset: bigint): void {
    if (this.#settled.get(offset) !== false) return;
    this.#settled.set(offset, true);
    this.#open--;
    this.#advance();
  }

  /** How many offsets were added and are not settled. */
  get open(): number {
    return this.#open;
  }

  /** How many offsets are kept: those from the first open one on, settled or not. */
  get kept(): number {
    return this.#offsets.length - this.#head;
  }

  /** The first offset that is not settled, the one to commit; `undefined` until one was added. */
  get next(): bigint | undefined {
    return this.#offsets[this.#head] ?? (this.#last === undefined ? undefined : this.#last + 1n);
  }

  #advance(): void {
    for (
      let offset = this.#offsets[this.#head];
      offset !== undefined && this.#settled.get(offset);
      offset = this.#offsets[this.#head]
    ) {
      this.#settled.delete(offset);
      this.#head++;
    }
    if (this.#head < CUT_AT || this.#head * 2 < this.#offsets.length) return;
    this.#offsets.splice(0, this.#head);
    this.#head = 0;
  }
}
