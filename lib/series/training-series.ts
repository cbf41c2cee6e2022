import { fillGaps } from './fill-gaps';
import type { TrainingSeries } from './forecaster';

/**
 * The first `length` values of a series as a training part. Gaps are filled from within the part only (by straight
 * lines), so that nothing of the future gets in.
 *
 * @example
 * trainingSeries(Float64Array.of(0, 1, 2), Float64Array.of(5, NaN, 7), 1, 2).filled; // => Float64Array.of(5, 5)
 */
export function trainingSeries(
  times: Float64Array,
  values: Float64Array,
  period: number,
  length = values.length,
): TrainingSeries {
  const part = values.subarray(0, length);
  return { times: times.subarray(0, length), values: part, filled: fillGaps(part, 'linear'), period };
}
