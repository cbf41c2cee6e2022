/**
 * Remembers which sequence numbers were seen, in memory of a fixed size: each number has one slot, its remainder, and a
 * slot holds the number last seen there. Of a counter that runs on, exactly the last `size` numbers are remembered; it
 * never calls a new number a repeat, whatever the order.
 */
export class RecentSequences {
  readonly #slots: Float64Array;

  constructor(size: number) {
    this.#slots = new Float64Array(size).fill(NaN);
  }

  /** True when the number (a whole number of at least 0) was not seen of late; it is remembered from now on. */
  remember(sequence: number): boolean {
    const slot = sequence % this.#slots.length;
    if (this.#slots[slot] === sequence) return false;
    this.#slots[slot] = sequence;
    return true;
  }
}
