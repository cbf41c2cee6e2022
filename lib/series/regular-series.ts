import { TwinError } from '../reading/twin-error';
import { orderSeries } from './order-series';
import { samplingStep } from './sampling-step';
import type { Series } from './series';

/** How readings are laid on the grid. */
export interface RegularOptions {
  /** Distance of the grid in ms. Absent: the usual distance of the readings, see `regularSeries`. */
  readonly stepMs?: number;
  /** Longest grid; 10,000,000 when absent. One stamp of another century would otherwise fill the memory. */
  readonly maxPoints?: number;
}

/** An evenly spaced series and what was found on the way there. */
export interface RegularSeries {
  /** Epoch ms of each slot, rising. */
  readonly times: Float64Array;
  /** Mean of the readings of each slot, `NaN` where there is none. */
  readonly values: Float64Array;
  readonly counts: Uint32Array;
  readonly stepMs: number;
  /** Readings that shared their slot with an earlier one. */
  readonly duplicates: number;
  /** Readings that came with an earlier time than the one before: late data, or a clock set back. */
  readonly backwards: number;
  /** Slots without a value, and the longest run of such slots. */
  readonly missing: number;
  readonly longestGap: number;
}

const MOST_POINTS = 10_000_000;
/**
 * Share of a reading's deviation by which the expected time of the next one moves: jitter averages out, drift is
 * followed.
 */
const PHASE_GAIN = 0.25;

/**
 * Irregular readings to an evenly spaced series.
 *
 * With `stepMs`: buckets of that width, aligned to the epoch, closed on the left; the value is the mean of the bucket,
 * the time its left end (pandas `resample(…, label=left, closed=left, origin=epoch).mean()`).
 *
 * Without: each reading goes to the slot nearest to it on a grid of the usual distance, whose phase follows the
 * readings. A clock that jitters (by less than a third of a step) or drifts, or months of 28 to 31 days, then leave
 * neither holes nor doubles, while an outage leaves as many empty slots as readings are missing. The time of a slot is
 * that of its first reading, in a hole a line between its neighbours.
 *
 * Gap policy: missing values count for the grid, not for the means. Cost: one pass, n log n when times do not rise.
 * Errors: `SERIES_TOO_SHORT` fewer than two different times and no step, `SERIES_TOO_LONG` grid above `maxPoints`,
 * `SERIES_OPTION` step not above 0.
 *
 * @example
 * regularSeries({ times: Float64Array.of(5, 8, 31), values: Float64Array.of(1, 2, 4) }, { stepMs: 10 }).values; // => Float64Array.of(1.5, NaN, NaN, 4)
 * regularSeries({ times: Float64Array.of(0, 101, 199, 401), values: Float64Array.of(1, 2, 3, 5) }).values; // => Float64Array.of(1, 2, 3, NaN, 5)
 */
export function regularSeries(series: Series, { stepMs, maxPoints = MOST_POINTS }: RegularOptions = {}): RegularSeries {
  if (series.times.length === 0) throw new TwinError('SERIES_EMPTY', 'The series has no points');
  const { times, values, backwards } = orderSeries(series);
  if (stepMs !== undefined && !(stepMs > 0 && Number.isFinite(stepMs))) {
    throw new TwinError('SERIES_OPTION', `The step must be above 0 ms, got ${stepMs}`);
  }
  const step = stepMs ?? samplingStep(times);
  if (Number.isNaN(step)) {
    throw new TwinError(
      'SERIES_TOO_SHORT',
      'The series has no two different times, so its step is unknown: send more points or set the step',
    );
  }
  const slots = stepMs === undefined ? followSlots(times, step) : bucketSlots(times, step);
  const length = slots.at(-1)! + 1;
  if (length > maxPoints) {
    throw new TwinError(
      'SERIES_TOO_LONG',
      `From ${isoTime(times[0]!)} to ${isoTime(times.at(-1)!)} in steps of ${step} ms are ${length} points, more than ${maxPoints}: check the time stamps, or set a longer step`,
      { facts: { length, maxPoints } },
    );
  }
  const origin = stepMs === undefined ? undefined : Math.floor(times[0]! / step) * step;
  return {
    ...average(times, values, slots, length),
    stepMs: step,
    backwards,
    times: slotTimes(times, slots, length, step, origin),
  };
}

function bucketSlots(times: Float64Array, step: number): Float64Array {
  const first = Math.floor(times[0]! / step);
  return Float64Array.from(times, (time) => Math.floor(time / step) - first);
}

function followSlots(times: Float64Array, step: number): Float64Array {
  const slots = new Float64Array(times.length);
  let expected = times[0]!;
  for (let i = 1; i < times.length; i++) {
    const distance = Math.max(0, Math.round((times[i]! - expected) / step));
    slots[i] = slots[i - 1]! + distance;
    expected += distance * step;
    expected += PHASE_GAIN * (times[i]! - expected);
  }
  return slots;
}

function average(times: Float64Array, values: Float64Array, slots: Float64Array, length: number) {
  const sums = new Float64Array(length);
  const counts = new Uint32Array(length);
  let duplicates = 0;
  for (let i = 0; i < times.length; i++) {
    if (i > 0 && slots[i] === slots[i - 1]) duplicates++;
    if (Number.isNaN(values[i]!)) continue;
    sums[slots[i]!]! += values[i]!;
    counts[slots[i]!]!++;
  }
  let missing = 0;
  let longestGap = 0;
  let gap = 0;
  for (let slot = 0; slot < length; slot++) {
    gap = counts[slot] === 0 ? gap + 1 : 0;
    if (gap > 0) missing++;
    longestGap = Math.max(longestGap, gap);
    sums[slot]! /= counts[slot]!;
  }
  return { values: sums, counts, duplicates, missing, longestGap };
}

function slotTimes(
  times: Float64Array,
  slots: Float64Array,
  length: number,
  step: number,
  origin?: number,
): Float64Array {
  const result = new Float64Array(length);
  if (origin !== undefined) return result.map((_, slot) => origin + slot * step);
  result[0] = times[0]!;
  let last = 0;
  for (let i = 1; i < times.length; i++) {
    const slot = slots[i]!;
    if (slot === last) continue;
    const pace = (times[i]! - result[last]!) / (slot - last);
    for (let hole = last + 1; hole < slot; hole++) result[hole] = result[last]! + (hole - last) * pace;
    result[slot] = times[i]!;
    last = slot;
  }
  return result;
}

function isoTime(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
