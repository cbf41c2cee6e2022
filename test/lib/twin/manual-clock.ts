import type { ControlClock } from '../../../lib/twin/control-clock';

/** A clock that moves only when told; timers fire in order of their time, each at its own time. */
export class ManualClock implements ControlClock {
  /** Difference of the wall clock, which a test may set back or forth. */
  epochOffsetMs = 1_700_000_000_000;
  #nowMs = 0;
  /** How much time passes whenever somebody looks at the clock, as it does in truth. */
  creepMs = 0;
  /** How much too early timers fire: those of Node.js round to milliseconds. */
  earlyMs = 0;
  #timers: { readonly atMs: number; readonly action: () => void }[] = [];

  monotonicMs(): number {
    this.#nowMs += this.creepMs;
    return this.#nowMs;
  }
  epochMs(): number {
    return this.epochOffsetMs + this.#nowMs;
  }
  after(ms: number, action: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, ms - this.earlyMs), action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }
  get timers(): number {
    return this.#timers.length;
  }
  /** Lets time pass. */
  pass(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = this.#timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.action();
    }
    this.#nowMs = Math.max(this.#nowMs, endMs);
  }
  /** The process was stopped for so long (a suspended machine): all timers come late. */
  stall(ms: number): void {
    this.#nowMs += ms;
    this.pass(0);
  }
}
