import type { Forecaster } from './forecaster';

/**
 * Weighted mean of the forecasts of several methods; the interval is the same mean of their ends. Weights need not add to 1;
 * equal ones when absent.
 *
 * Different methods err differently, so that the mean is seldom worse than the best of them and much less often far off.
 * Reference: Bates and Granger, Operational Research Quarterly 20 (1969); Petropoulos and Svetunkov, International Journal of
 * Forecasting 36 (2020). Cost: that of all.
 *
 * @example
 * const training = { times: Float64Array.of(0, 1, 2), values: Float64Array.of(1, 2, 3), filled: Float64Array.of(1, 2, 3), period: 1 };
 * combinedForecaster([seasonalNaiveForecaster, driftForecaster]).fit(training).forecast(Float64Array.of(3)); // => Float64Array.of(3.5)
 */
export function combinedForecaster(
  members: readonly Forecaster[],
  weights: readonly number[] = members.map(() => 1),
): Forecaster {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    minimum: (period) => Math.max(...members.map((member) => member.minimum(period))),
    fit: (training) => {
      const fitted = members.map((member) => member.fit(training));
      const mean = (parts: readonly Float64Array[]) =>
        parts[0]!.map((_, i) => parts.reduce((sum, part, k) => sum + (weights[k]! / total) * part[i]!, 0));
      return {
        forecast: (times) => mean(fitted.map((member) => member.forecast(times))),
        bounds: (times, level) => {
          const all = fitted.map((member) => member.bounds(times, level));
          return { lower: mean(all.map(({ lower }) => lower)), upper: mean(all.map(({ upper }) => upper)) };
        },
        parameters: {},
      };
    },
  };
}
