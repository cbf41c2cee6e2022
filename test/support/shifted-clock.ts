import { join } from 'node:path';

/**
 * A clock that is ahead of the machine's by `aheadMs` at `originMs` (epoch, ms), and gains `ppm` millionths after it.
 */
export interface ShiftedClock {
  readonly aheadMs: number;
  readonly ppm: number;
  readonly originMs: number;
}

/** The environment of a Node.js process that is to live by such a clock. */
export const clockEnvironment = (clock: ShiftedClock): Record<string, string> => ({
  NODE_OPTIONS: `--require ${join(__dirname, 'clock-preload.cjs')}`,
  CLOCK: JSON.stringify(clock),
});

/** The machine's time, within a millisecond, when the shifted clock showed this. */
export const trueTime = (shownMs: number, { aheadMs, ppm, originMs }: ShiftedClock): number =>
  originMs + (shownMs - aheadMs - originMs) / (1 + ppm / 1e6);
