import type { Reading } from '../reading/reading';
import { NOW, type Hop } from './hop-table';

/** The delay of one reading over one hop. */
export interface HopDelay {
  readonly label: string;
  /** Milliseconds, after the clock offset was subtracted. */
  readonly delayMs: number;
  /** True when the end came before the beginning: the two clocks disagree by at least as much. */
  readonly negative: boolean;
}

/**
 * The delays of a reading, in the order of the hop table.
 *
 * A hop whose stamp is missing, or is not a finite number, is left out: a delay that was not measured has no value.
 * Negative delays are kept and flagged, as they are the only sign of clocks that disagree.
 *
 * @param arrivalMs epoch milliseconds at which the reading arrived, the end of hops to `NOW`
 */
export function readingDelays(reading: Reading, hops: readonly Hop[], arrivalMs: number): HopDelay[] {
  const delays: HopDelay[] = [];
  for (const { from, to, label, clockOffsetMs } of hops) {
    const begin = reading[from];
    if (typeof begin !== 'number') continue;
    const end = to === NOW ? arrivalMs : reading[to];
    if (typeof end !== 'number') continue;
    const delayMs = end - begin - clockOffsetMs;
    if (Number.isFinite(delayMs)) delays.push({ label, delayMs, negative: delayMs < 0 });
  }
  return delays;
}
