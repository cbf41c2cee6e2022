/** Bounds of the waits between attempts, in milliseconds. */
export interface BackoffOptions {
  /** The first wait. */
  readonly minMs: number;
  /** No wait is longer. */
  readonly maxMs: number;
  /** Each wait is this many times the one before (default 2). */
  readonly factor?: number;
  /** Source of numbers in [0, 1); tests inject their own. */
  readonly random?: () => number;
}

/**
 * Exponential, capped waits. Each is drawn evenly from the upper half of its step, so that many clients that lost the
 * same server do not come back in the same millisecond, yet none comes back at once.
 */
export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #factor: number;
  readonly #random: () => number;
  #stepMs: number;

  constructor({ minMs, maxMs, factor = 2, random = Math.random }: BackoffOptions) {
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.#factor = factor;
    this.#random = random;
    this.#stepMs = minMs;
  }

  /** The next wait in milliseconds. */
  next(): number {
    const wholeMs = Math.min(this.#stepMs, this.#maxMs);
    // Kept capped, so that years of outage do not run the step to Infinity.
    this.#stepMs = Math.min(wholeMs * this.#factor, this.#maxMs);
    return Math.round(wholeMs / 2 + (this.#random() * wholeMs) / 2);
  }

  /** Begins again with the first wait; call it after a success. */
  reset(): void {
    this.#stepMs = this.#minMs;
  }
}
