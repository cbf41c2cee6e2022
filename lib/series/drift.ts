import { TwinError } from '../reading/twin-error';

/** Random walk with drift: where it stands, its pace, and the spread of one step. */
interface Walk {
  readonly last: number;
  readonly lag: number;
  readonly pace: number;
  readonly sigma: number;
  readonly length: number;
}

/**
 * Drift forecast: the line through the first and the last value, carried on.
 *
 * Gap policy: missing values (`NaN`) at both ends are passed over, those between do not count. Reference: Hyndman and
 * Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.2. Cost: linear in the horizon.
 * Errors: `SERIES_TOO_SHORT` fewer than two values.
 *
 * @example
 * drift(Float64Array.of(1, 5, 3), 2); // => Float64Array.of(4, 5)
 */
export function drift(values: Float64Array, horizon: number): Float64Array {
  const { last, lag, pace } = walk(values);
  return Float64Array.from({ length: horizon }, (_, i) => last + pace * (lag + i + 1));
}

/**
 * Standard deviation of the error of `drift` at each step: σ sqrt(h (1 + h / (n - 1))), σ that of the steps around
 * their pace (same reference, 5.5). Cost: linear.
 *
 * @example
 * driftSpread(Float64Array.of(0, 2, 2), 1); // => Float64Array.of(Math.sqrt(3))
 */
export function driftSpread(values: Float64Array, horizon: number): Float64Array {
  const { lag, sigma, length } = walk(values);
  return Float64Array.from({ length: horizon }, (_, i) => {
    const ahead = lag + i + 1;
    return sigma * Math.sqrt(ahead * (1 + ahead / (length - 1)));
  });
}

function walk(values: Float64Array): Walk {
  const first = values.findIndex((value) => !Number.isNaN(value));
  const last = values.findLastIndex((value) => !Number.isNaN(value));
  if (last <= first) throw new TwinError('SERIES_TOO_SHORT', 'The drift method needs at least two values');
  const pace = (values[last]! - values[first]!) / (last - first);
  let sum = 0;
  let count = 0;
  for (let i = first + 1; i <= last; i++) {
    const off = values[i]! - values[i - 1]! - pace;
    if (Number.isNaN(off)) continue;
    sum += off * off;
    count++;
  }
  return {
    last: values[last]!,
    lag: values.length - 1 - last,
    pace,
    sigma: Math.sqrt(sum / (count - 1)),
    length: last - first + 1,
  };
}
