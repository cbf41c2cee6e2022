import { TwinError } from '../reading/twin-error';
import { sleep as abortableSleep } from './abortable-sleep';

/** Seconds' worth of records in one portion, and at most at once after a pause. */
const PORTION_S = 0.1;
const BURST_S = 0.2;

export interface SpoolPaceOptions {
  /** Default: no limit. */
  readonly recordsPerSecond?: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Holds a flow of records to a rate (a token bucket): evenly, in portions of a tenth of a second's worth. */
export class SpoolPace {
  readonly #perMs: number;
  readonly #portion: number;
  readonly #capacity: number;
  readonly #now: () => number;
  readonly #sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  #tokens: number;
  #filledMs: number;

  /** @throws TwinError `DELIVERY_SPOOL_OPTIONS` */
  constructor({
    recordsPerSecond = Infinity,
    now = () => performance.now(),
    sleep = abortableSleep,
  }: SpoolPaceOptions = {}) {
    if (!(recordsPerSecond > 0)) {
      throw new TwinError(
        'DELIVERY_SPOOL_OPTIONS',
        `the spool's recordsPerSecond must be more than 0, got ${recordsPerSecond}`,
      );
    }
    this.#perMs = recordsPerSecond / 1000;
    this.#portion = Math.max(1, Math.floor(recordsPerSecond * PORTION_S));
    this.#capacity = Math.max(1, recordsPerSecond * BURST_S);
    this.#tokens = this.#portion;
    this.#now = now;
    this.#sleep = sleep;
    this.#filledMs = now();
  }

  /** Waits until some may go; answers how many, from 1 to `wanted`. */
  async take(wanted: number, signal?: AbortSignal): Promise<number> {
    const portion = Math.min(wanted, this.#portion);
    for (;;) {
      this.#fill();
      if (this.#tokens >= portion) break;
      await this.#sleep(Math.ceil((portion - this.#tokens) / this.#perMs), signal);
    }
    this.#tokens -= portion;
    return portion;
  }

  /** Gives back what was taken and not used. */
  giveBack(count: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + count);
  }

  #fill(): void {
    const nowMs = this.#now();
    // Unlimited: Infinity stays, and 0 ms times Infinity must not make it NaN.
    if (nowMs > this.#filledMs) {
      this.#tokens = Math.min(this.#capacity, this.#tokens + (nowMs - this.#filledMs) * this.#perMs);
    }
    this.#filledMs = nowMs;
  }
}
