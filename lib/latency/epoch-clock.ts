/** What an epoch clock is made from; replaced in tests. */
export interface ClockSources {
  /** Epoch milliseconds, whole. */
  readonly date: () => number;
  /** Milliseconds on a clock that never jumps, with fractions. */
  readonly steady: () => number;
}

/** Longest look for the next tick of the clock, in milliseconds, and how often it is taken at most. */
const TICK_MS = 5;
const LOOKS = 3;
/** A look during which the process was held up for longer than this, in milliseconds, says too little. */
const SLACK_MS = 0.1;

/**
 * The machine's clock with fractions of a millisecond: `Date.now()`, which stamps readings, refined by the steady
 * clock. (`performance.timeOrigin` will not do: on a busy machine it is off by milliseconds, and it does not follow
 * when the clock is set.) It is set where `Date.now()` ticks, and set anew whenever the two no longer agree (the clock
 * was set, or runs at another rate), so it is always within 1 ms of the machine's clock, and mostly within 0.1 ms.
 */
export class EpochClock {
  readonly #sources: ClockSources;
  #aheadMs: number;

  constructor(sources: ClockSources = { date: Date.now, steady: () => performance.now() }) {
    this.#sources = sources;
    this.#aheadMs = this.#atTick();
  }

  /** Epoch milliseconds. */
  now(): number {
    const { date, steady } = this.#sources;
    // The process may be held up between two looks, so the date is read on both sides.
    const before = date();
    const fine = steady() + this.#aheadMs;
    const after = date();
    if (fine > before - SLACK_MS && fine < after + 1 + SLACK_MS) return fine;
    this.#aheadMs = this.#atTick();
    return steady() + this.#aheadMs;
  }

  /** How far the epoch is ahead of the steady clock, read off when the date turns to the next millisecond. */
  #atTick(): number {
    const { date, steady } = this.#sources;
    for (let look = 1; ; look++) {
      const begin = steady();
      const whole = date();
      let [last, now, next] = [begin, begin, whole];
      while (next === whole && now - begin < TICK_MS) [last, now, next] = [now, steady(), date()];
      if (steady() - last <= SLACK_MS || look === LOOKS) return next - now;
    }
  }
}
