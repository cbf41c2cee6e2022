import type { FittedForecaster, Forecaster } from './forecaster';

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
  return {
    minimum: (period) => Math.max(...members.map((member) => member.minimum(period))),
    fit: (training) =>
      combinedOf(
        weights,
        members.map((member) => member.fit(training)),
      ),
  };
}

/**
 * Several methods that have learned as one, see `combinedForecaster`.
 *
 * @example
 * const naive = resumeSeasonalNaive({ kind: 'seasonal-naive', season: [4], oneSeason: 1 });
 * combinedOf([1, 1], [naive, naive.next(6)]).forecast(Float64Array.of(0))[0]; // => 5
 */
export function combinedOf(weights: readonly number[], fitted: readonly FittedForecaster[]): FittedForecaster {
  return {
    forecast: (times) =>
      meanOf(
        fitted.map((member) => member.forecast(times)),
        weights,
      ),
    bounds: (times, level) => {
      const all = fitted.map((member) => member.bounds(times, level));
      return {
        lower: meanOf(
          all.map(({ lower }) => lower),
          weights,
        ),
        upper: meanOf(
          all.map(({ upper }) => upper),
          weights,
        ),
      };
    },
    parameters: {},
    state: { kind: 'combined', weights, members: fitted.map(({ state }) => state) },
    next: (value) =>
      combinedOf(
        weights,
        fitted.map((member) => member.next(value)),
      ),
  };
}

/** A member that runs away to infinity, or has no interval, is left out; without any other the mean is `NaN`. */
function meanOf(parts: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const sound = parts.map((part) => part.every(Number.isFinite));
  const total = weights.reduce((sum, weight, k) => sum + (sound[k] ? weight : 0), 0);
  return parts[0]!.map((_, i) => {
    let sum = total > 0 ? 0 : NaN;
    for (let k = 0; k < parts.length; k++) if (sound[k]) sum += (weights[k]! / total) * parts[k]![i]!;
    return sum;
  });
}
