import type { FittedForecaster, Forecaster } from './forecaster';
import { weightedCentre, weightedMean } from './weighted-centre';

/**
 * Centre of the forecasts of several methods (`weightedCentre`); its interval reaches as far from there as theirs do
 * from their own forecasts, in the weighted mean. Weights need not add to 1; equal ones when absent.
 *
 * Different methods err differently, so that the centre is seldom worse than the best of them and much less often far
 * off. Reference: Bates and Granger, Operational Research Quarterly 20 (1969); Petropoulos and Svetunkov, International
 * Journal of Forecasting 36 (2020). Cost: that of all.
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
  const centre = (times: Float64Array): Float64Array =>
    weightedCentre(
      fitted.map((member) => member.forecast(times)),
      weights,
    );
  return {
    forecast: centre,
    bounds: (times, level) => {
      const values = centre(times);
      const ends = fitted.map((member) => ({ own: member.forecast(times), bounds: member.bounds(times, level) }));
      const below = ends.map(({ own, bounds }) => own.map((value, i) => value - bounds.lower[i]!));
      const above = ends.map(({ own, bounds }) => own.map((value, i) => bounds.upper[i]! - value));
      const [low, high] = [weightedMean(below, weights), weightedMean(above, weights)];
      return { lower: values.map((value, i) => value - low[i]!), upper: values.map((value, i) => value + high[i]!) };
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
