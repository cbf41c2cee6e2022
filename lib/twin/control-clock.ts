/** Time as a control loop sees it: durations on a clock that never jumps, the age of readings on the wall clock. */
export interface ControlClock {
  /** Milliseconds that only go forward. */
  monotonicMs(): number;
  /** Epoch milliseconds. */
  epochMs(): number;
  /** @returns what clears the timer */
  after(ms: number, action: () => void): () => void;
}

/** Longest delay that a timer of Node.js takes, ms. */
const LONGEST_MS = 2_147_483_647;

export const systemClock: ControlClock = {
  monotonicMs: () => performance.now(),
  epochMs: () => Date.now(),
  after(ms, action) {
    const timer = setTimeout(action, Math.min(Math.ceil(ms), LONGEST_MS));
    return () => clearTimeout(timer);
  },
};
