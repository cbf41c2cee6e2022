import { quantile } from './quantile';

/**
 * Usual distance between two readings: the median of the positive differences of rising times, in ms.
 *
 * The median does not mind outages, duplicates or a clock that was set once. `NaN` when no two times differ.
 * Cost: n log n.
 *
 * @example
 * samplingStep(Float64Array.of(0, 1000, 2001, 2999, 60000)); // => 1000.5
 */
export function samplingStep(times: Float64Array): number {
  const steps = new Float64Array(Math.max(0, times.length - 1));
  let count = 0;
  for (let i = 1; i < times.length; i++) {
    const step = times[i]! - times[i - 1]!;
    if (step > 0) steps[count++] = step;
  }
  return quantile(steps.subarray(0, count), 0.5);
}
