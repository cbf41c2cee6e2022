import { TwinError } from '../reading/twin-error';
import { rootMeanSquareError } from './root-mean-square-error';

/**
 * Seasonal naive forecast: each step repeats the last known value of the same place in the season; with period 1 the
 * last value. The benchmark that every other method has to beat.
 *
 * Gap policy: a missing value (`NaN`) gives way to the one a season earlier. Reference: Hyndman and Athanasopoulos,
 * Forecasting: Principles and Practice, 3rd ed., 5.2. Cost: linear in the horizon.
 * Errors: `SERIES_PERIOD`, `SERIES_TOO_SHORT` no full season.
 *
 * @example
 * seasonalNaive(Float64Array.of(1, 2, 3, 4, 5), 2, 3); // => Float64Array.of(4, 5, 4)
 */
export function seasonalNaive(values: Float64Array, period: number, horizon: number): Float64Array {
  if (!Number.isInteger(period) || period < 1) {
    throw new TwinError('SERIES_PERIOD', `The period must be a whole number of samples from 1 on, got ${period}`);
  }
  const n = values.length;
  if (n < period) throw new TwinError('SERIES_TOO_SHORT', `A season has ${period} samples, but the series only ${n}`);
  const season = new Float64Array(Math.min(period, horizon));
  for (let i = 0; i < season.length; i++) {
    let source = n - period + i;
    while (source >= 0 && Number.isNaN(values[source]!)) source -= period;
    season[i] = source >= 0 ? values[source]! : NaN;
  }
  return Float64Array.from({ length: horizon }, (_, i) => season[i % period]!);
}

/**
 * Standard deviation of the error of `seasonalNaive` at each step: that of one season ahead within the series, times
 * the root of the number of seasons ahead (independent seasonal differences; same reference, 5.5).
 *
 * `NaN` when the series has no two values one season apart.
 *
 * @example
 * seasonalNaiveSpread(Float64Array.of(0, 2, 0), 1, 4); // => Float64Array.of(2, 2 * Math.SQRT2, 2 * Math.sqrt(3), 4)
 */
export function seasonalNaiveSpread(values: Float64Array, period: number, horizon: number): Float64Array {
  const oneSeason = rootMeanSquareError(
    values.subarray(period),
    values.subarray(0, Math.max(0, values.length - period)),
  );
  return Float64Array.from({ length: horizon }, (_, i) => oneSeason * Math.sqrt(Math.floor(i / period) + 1));
}
