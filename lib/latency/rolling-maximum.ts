import type { WindowLimits } from './rolling-window';

/**
 * An upper bound of the numbers of a rolling window in two numbers' memory: the largest of the present window length
 * and the one before it. It never lies below the window's maximum; a larger number leaves after at most two lengths.
 */
export class RollingMaximum {
  readonly #limits: WindowLimits;
  #before = -Infinity;
  #present = -Infinity;
  #count = 0;
  #sinceMs = -Infinity;

  constructor(limits: WindowLimits) {
    this.#limits = limits;
  }

  /** -Infinity before the first number. */
  get value(): number {
    return Math.max(this.#before, this.#present);
  }

  add(value: number, timeMs: number): void {
    const { maxCount, maxAgeMs } = this.#limits;
    // A sketched window may hold a little more than its limits say.
    if (this.#count >= maxCount * 1.1 || timeMs - this.#sinceMs >= maxAgeMs * 1.1) {
      this.#before = this.#present;
      this.#present = -Infinity;
      this.#count = 0;
      this.#sinceMs = timeMs;
    }
    this.#count += 1;
    if (value > this.#present) this.#present = value;
  }
}
