import { median } from './quickselect';

/**
 * Robust standard deviations of the usual step: far beyond what any season or noise does from one value to the next.
 */
const GIANT = 50;
/** Median absolute deviation to standard deviation of a normal distribution. */
const MAD_TO_SIGMA = 1.482602218505602;

/**
 * Single values that leap away from both neighbours, to the same side, by more than fifty times what steps usually are:
 * a broken reading, which no process of these values can have made.
 *
 * More than half of the steps must not be 0, else there is no usual one and nothing is a spike. Gap policy: missing
 * values (`NaN`) are passed over. Cost: linear.
 *
 * @example
 * spikes(Float64Array.of(20, 21, 20, 22, 9000, 21, 20, 21)); // => [4]
 */
export function spikes(values: Float64Array): number[] {
  const known = Array.from(values.keys()).filter((i) => !Number.isNaN(values[i]!));
  const steps = Float64Array.from(known.slice(1), (i, k) => Math.abs(values[i]! - values[known[k]!]!));
  if (steps.length < 3) return [];
  const giant = GIANT * MAD_TO_SIGMA * median(steps.slice());
  if (!(giant > 0)) return [];
  return known.filter((i, k) => {
    const [before, after] = [values[known[k - 1] ?? i]!, values[known[k + 1] ?? i]!];
    const rise = values[i]! - before;
    const fall = values[i]! - after;
    return Math.min(Math.abs(rise), Math.abs(fall)) > giant && rise > 0 === fall > 0;
  });
}
