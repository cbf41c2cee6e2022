import type { Forecaster } from './forecaster';
import { seasonAdded } from './season-added';
import { smoothingForecaster } from './smoothing-forecaster';
import { stl } from './stl';

/**
 * STL and smoothing: the season is taken out by STL, the rest is carried on by exponential smoothing with a damped
 * trend, and the last season is put back.
 *
 * For seasons of any length, where smoothing with a season has too many states. Gap policy: filled by straight lines.
 * Intervals: those of the smoothing. Reference: R `forecast::stlf`; Hyndman and Athanasopoulos, Forecasting: Principles
 * and Practice, 3rd ed., 5.7. Without a season it is the smoothing alone. Cost: one STL and one fit.
 *
 * @example
 * const filled = Float64Array.from({ length: 40 }, (_, i) => 10 + [1, -1, 2, -2][i % 4]);
 * const fitted = stlForecaster.fit({ times: filled, values: filled, filled, period: 4 });
 * Math.round(fitted.forecast(Float64Array.of(40, 41, 42, 43))[2]); // => 12
 */
export const stlForecaster: Forecaster = {
  minimum: (period) => Math.max(6, 2 * period + 1),
  fit: ({ times, filled, period }) => {
    const smoothing = smoothingForecaster('automatic', 'none');
    if (period < 2) return smoothing.fit({ times, values: filled, filled, period: 1 });
    const { seasonal } = stl(filled, { period, seasonal: 11 });
    const adjusted = filled.map((value, i) => value - seasonal[i]!);
    const rest = smoothing.fit({ times, values: adjusted, filled: adjusted, period: 1 });
    return seasonAdded({ kind: 'season-added', season: Array.from(seasonal.slice(-period)), rest: rest.state }, rest);
  },
};
