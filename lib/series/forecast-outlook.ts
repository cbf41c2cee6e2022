import { halfWidths } from './evaluate-forecaster';
import type { Bounds, FittedForecaster } from './forecaster';

export interface OutlookOptions {
  /** Interval levels, 0 to 1. */
  readonly levels: readonly number[];
  /** By which the method's half-width of one standard deviation is taken, for each level; absent: its own intervals. */
  readonly factors?: readonly number[];
  /** Physical limits that no forecast and no interval leaves. */
  readonly floor?: number;
  readonly ceiling?: number;
}

/** Values and intervals at some times. */
export interface Outlook {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** One for each level. */
  readonly intervals: readonly Bounds[];
}

/**
 * What a method that has learned says about the times to come, within the limits.
 *
 * @example
 * const naive = resumeSeasonalNaive({ kind: 'seasonal-naive', season: [4], oneSeason: 1 });
 * forecastOutlook(naive, Float64Array.of(10), { levels: [0.8], factors: [2], ceiling: 5 }).intervals[0].upper; // => Float64Array.of(5)
 */
export function forecastOutlook(fitted: FittedForecaster, times: Float64Array, options: OutlookOptions): Outlook {
  const { levels, factors, floor = -Infinity, ceiling = Infinity } = options;
  const limit = (value: number): number => Math.min(ceiling, Math.max(floor, value));
  const values = fitted.forecast(times);
  const halves = factors && halfWidths(fitted, times);
  const intervals = levels.map((level, k) => {
    const { lower, upper } = halves
      ? {
          lower: values.map((value, i) => value - factors[k]! * halves.below[i]!),
          upper: values.map((value, i) => value + factors[k]! * halves.above[i]!),
        }
      : fitted.bounds(times, level);
    return { lower: lower.map(limit), upper: upper.map(limit) };
  });
  return { times, values: values.map(limit), intervals };
}
