/** The last delays, for quantiles of what happens now. */
export class Delays {
  readonly #last: number[] = [];
  readonly #size: number;
  #next = 0;

  constructor(size = 1_000) {
    this.#size = size;
  }

  add(delayMs: number): void {
    if (Number.isFinite(delayMs)) this.#last[this.#next++ % this.#size] = delayMs;
  }

  /** The smallest delay (ms) that a share `q` of the last ones does not exceed; undefined without any. */
  quantile(q: number): number | undefined {
    const sorted = [...this.#last].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
  }
}
