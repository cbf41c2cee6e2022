import type { Reading } from '../reading/reading';
import { NOW, type Hop } from './hop-table';
import type { HopOffset } from './machine-clocks';

/** A hop with its place in the table and, where a clock of its ends is known, the offset between them. */
export interface MeasuredHop extends Hop {
  readonly index: number;
  readonly offset: HopOffset | undefined;
}

/** The delay of one reading over one hop; all in milliseconds. */
export interface HopDelay {
  readonly label: string;
  /** After the clock offset was subtracted. */
  readonly delayMs: number;
  /** True when the end came before the beginning: the two clocks disagree by at least as much. */
  readonly negative: boolean;
  /** Place of the hop in the table. */
  readonly index: number;
  /** What was subtracted, and how far that may be wrong. */
  readonly offsetMs: number;
  readonly clockErrorMs: number;
}

/**
 * The delays of a reading, in the order of the hop table.
 *
 * A hop whose stamp is missing, or is not a finite number, or whose clocks are not known yet, is left out: a delay that
 * was not measured has no value. Negative delays are kept and flagged, as they are the only sign of clocks that
 * disagree.
 *
 * @param endMs epoch milliseconds, the end of hops to `NOW`
 * @param nowMs epoch milliseconds on our clock, the age of what is known of other clocks
 */
export function readingDelays(
  reading: Reading,
  hops: readonly MeasuredHop[],
  endMs: number,
  nowMs: number,
): HopDelay[] {
  const delays: HopDelay[] = [];
  for (const { from, to, label, clockOffsetMs, index, offset } of hops) {
    const begin = reading[from];
    if (typeof begin !== 'number') continue;
    const end = to === NOW ? endMs : reading[to];
    if (typeof end !== 'number') continue;
    let [offsetMs, clockErrorMs] = [clockOffsetMs, 0];
    if (offset) {
      const known = offset(nowMs);
      if (!known) continue;
      ({ offsetMs, errorMs: clockErrorMs } = known);
    }
    const delayMs = end - begin - offsetMs;
    if (!Number.isFinite(delayMs)) continue;
    delays.push({ label, delayMs, negative: delayMs < 0, index, offsetMs, clockErrorMs });
  }
  return delays;
}
