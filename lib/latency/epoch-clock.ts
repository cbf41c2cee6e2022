/** What an epoch clock is made from; replaced in tests. */
export interface ClockSources {
  /** Epoch milliseconds, whole. */
  readonly date: () => number;
  /** Milliseconds on a clock that never jumps, with fractions. */
  readonly steady: () => number;
}

/** Longest look for the next tick of the clock, in milliseconds. */
const TICK_MS = 5;
/** The two clocks are read one after the other. */
const SLACK_MS = 0.1;

/**
 * The machine's clock with fractions of a millisecond: `Date.now()`, which stamps readings, refined by the steady clock.
 * It is set where `Date.now()` ticks, and set anew whenever the two no longer agree (the clock was set, or runs at
 * another rate), so it is always within 1 ms of the machine's clock, and mostly within a few microseconds.
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
    const whole = date();
    const fine = steady() + this.#aheadMs;
    if (fine > whole - SLACK_MS && fine < whole + 1 + SLACK_MS) return fine;
    this.#aheadMs = this.#atTick();
    return steady() + this.#aheadMs;
  }

  /** How far the epoch is ahead of the steady clock, read off when the date turns to the next millisecond. */
  #atTick(): number {
    const { date, steady } = this.#sources;
    const begin = steady();
    const whole = date();
    let [now, next] = [begin, whole];
    while (next === whole && now - begin < TICK_MS) [now, next] = [steady(), date()];
    return next - now;
  }
}
