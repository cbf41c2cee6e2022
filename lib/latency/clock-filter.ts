/** The four moments of an exchange of two messages between two machines, in epoch milliseconds. */
export interface EchoSample {
  /** The request leaves; our clock. */
  readonly t1: number;
  /** The request arrives; the other machine's clock. */
  readonly t2: number;
  /** The answer leaves; the other machine's clock. */
  readonly t3: number;
  /** The answer arrives; our clock. */
  readonly t4: number;
}

/** What is known of another machine's clock; all in milliseconds. */
export interface ClockEstimate {
  /** How far the other clock runs ahead of ours. */
  readonly offsetMs: number;
  /** The true offset lies within this distance of `offsetMs`. */
  readonly errorMs: number;
  /** Both ways together, without the time that the other machine took. */
  readonly roundTripMs: number;
  readonly ageMs: number;
  /** Exchanges in the window. */
  readonly count: number;
  /** How often one of the clocks was found to have been set. */
  readonly steps: number;
}

export interface ClockFilterOptions {
  /** Exchanges of which the best one is taken. Default 64. */
  readonly window?: number;
  /** How fast two clocks may drift apart, in millionths. Default 100: quartz crystals keep 50 each. */
  readonly driftPpm?: number;
}

interface Exchange {
  readonly offsetMs: number;
  readonly roundTripMs: number;
  readonly atMs: number;
}

const WINDOW = 64;
const DRIFT_PPM = 100;
/** Clocks are read in steps of up to a millisecond on each side: so far apart two bounds do not contradict. */
const READING_MS = 2;
/** The best exchange is looked for so often, in milliseconds; between, its bound is still a bound. */
const LOOK_MS = 1_000;

/**
 * Estimates another machine's clock as NTP does (RFC 5905, section 8): with the offset ((t2 - t1) + (t3 - t4)) / 2, the
 * true one lies within half the round trip (t4 - t1) - (t3 - t2) of it, however unequal the two ways are. Of a window
 * of exchanges it takes the one with the smallest bound, where each grows with its age, as clocks drift. An exchange
 * that contradicts the bound shows that a clock was set: all before it is forgotten.
 */
export class ClockFilter {
  readonly #window: number;
  readonly #drift: number;
  #exchanges: Exchange[] = [];
  #steps = 0;
  #chosen: { readonly exchange: Exchange | undefined; readonly atMs: number } | undefined;

  constructor({ window = WINDOW, driftPpm = DRIFT_PPM }: ClockFilterOptions = {}) {
    this.#window = window;
    this.#drift = driftPpm / 1e6;
  }

  /** False for an exchange that cannot have happened so: a clock was set in its midst. */
  add({ t1, t2, t3, t4 }: EchoSample): boolean {
    const roundTripMs = t4 - t1 - (t3 - t2);
    if (!(t4 >= t1 && t3 >= t2 && roundTripMs >= -READING_MS)) return false;
    const exchange = { offsetMs: (t2 - t1 + (t3 - t4)) / 2, roundTripMs: Math.max(0, roundTripMs), atMs: t4 };
    const best = this.#best(t4);
    const apart = best ? Math.abs(best.offsetMs - exchange.offsetMs) : 0;
    if (best && apart > this.#bound(best, t4) + this.#bound(exchange, t4) + READING_MS) {
      this.#exchanges = [];
      this.#steps += 1;
    }
    this.#chosen = undefined;
    this.#exchanges.push(exchange);
    if (this.#exchanges.length > this.#window) this.#exchanges.shift();
    return true;
  }

  /** @param nowMs epoch milliseconds on our clock @returns undefined before the first exchange */
  estimate(nowMs: number): ClockEstimate | undefined {
    const best = this.#best(nowMs);
    if (!best) return undefined;
    const { offsetMs, roundTripMs, atMs } = best;
    const ageMs = Math.max(0, nowMs - atMs);
    const errorMs = this.#bound(best, nowMs);
    return { offsetMs, errorMs, roundTripMs, ageMs, count: this.#exchanges.length, steps: this.#steps };
  }

  #best(nowMs: number): Exchange | undefined {
    if (this.#chosen && Math.abs(nowMs - this.#chosen.atMs) < LOOK_MS) return this.#chosen.exchange;
    let best: Exchange | undefined;
    for (const exchange of this.#exchanges) {
      if (!best || this.#bound(exchange, nowMs) <= this.#bound(best, nowMs)) best = exchange;
    }
    this.#chosen = { exchange: best, atMs: nowMs };
    return best;
  }

  #bound({ roundTripMs, atMs }: Exchange, nowMs: number): number {
    return roundTripMs / 2 + this.#drift * Math.abs(nowMs - atMs);
  }
}
