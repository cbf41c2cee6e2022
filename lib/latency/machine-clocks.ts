import type { Hop } from './hop-table';

/** Which clock made a stamp. */
export interface StampClock {
  /** Key of the stamp. */
  readonly stamp: string;
  /** The machine whose clock it is, as its echo names it; empty where the offset is given by hand. */
  readonly machine: string;
  /** By hand: how far that clock runs ahead of ours, in milliseconds. */
  readonly offsetMs: number;
}

/** A clock or a hop between two clocks: what is to be subtracted, and how far that may be wrong, in milliseconds. */
export interface OffsetBound {
  readonly offsetMs: number;
  readonly errorMs: number;
}
/** The offset of a hop at a moment; undefined while a machine has not answered yet. */
export type HopOffset = (nowMs: number) => OffsetBound | undefined;
type Measured = (machine: string, nowMs: number) => OffsetBound | undefined;

const OURS: OffsetBound = { offsetMs: 0, errorMs: 0 };

/**
 * How the clocks at the two ends of a hop differ: the hop's own offset, and those of the machines that made the stamps.
 *
 * @param measured what an echo exchange has found out about a machine
 * @returns undefined where no machine's clock is named for either end, and the hop's own offset is all
 */
export function hopOffset(
  { from, to, clockOffsetMs }: Hop,
  clocks: readonly StampClock[],
  measured: Measured,
): HopOffset | undefined {
  const of = (stamp: string): StampClock | undefined => clocks.find((clock) => clock.stamp === stamp);
  const [begin, end] = [of(from), of(to)];
  if (!begin && !end) return undefined;
  // One clock measures a span by itself, whatever time it shows.
  if (begin?.machine && begin.machine === end?.machine) return () => ({ offsetMs: clockOffsetMs, errorMs: 0 });
  const at = (clock: StampClock | undefined, nowMs: number): OffsetBound | undefined => {
    if (!clock) return OURS;
    return clock.machine ? measured(clock.machine, nowMs) : { offsetMs: clock.offsetMs, errorMs: 0 };
  };
  return (nowMs) => {
    const [first, last] = [at(begin, nowMs), at(end, nowMs)];
    if (!first || !last) return undefined;
    return {
      offsetMs: last.offsetMs - first.offsetMs + clockOffsetMs,
      errorMs: last.errorMs + first.errorMs,
    };
  };
}
