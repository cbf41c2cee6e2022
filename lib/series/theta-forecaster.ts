import { autocorrelation } from './autocorrelation';
import { classicalDecomposition } from './classical-decomposition';
import { fitHoltWinters } from './fit-holt-winters';
import type { FittedForecaster, Forecaster } from './forecaster';
import type { ThetaState } from './forecaster-state';
import { linearRegression } from './linear-regression';
import { normalBounds } from './normal-bounds';
import { powerCoefficients } from './power-coefficients';

/** One-sided 90 % quantile of the normal distribution: the level of the method's own test for a season. */
const SEASON_TEST = 1.6448536269514722;

/**
 * Theta method: simple exponential smoothing, plus half the slope of a straight line, on the series without its season.
 *
 * The season is taken out by classical decomposition (multiplicative where all values are above 0) when the
 * autocorrelation at the period stands out, and put back. Reference: Assimakopoulos and Nikolopoulos, International
 * Journal of Forecasting 16 (2000); Hyndman and Billah, ibid. 19 (2003); R `forecast::thetaf`. Gap policy: filled by
 * straight lines. Intervals: normal, by the variance of simple smoothing. Cost: one fit.
 *
 * @example
 * const filled = Float64Array.of(5, 5, 5, 5, 5, 5, 5, 5);
 * thetaForecaster.fit({ times: filled, values: filled, filled, period: 1 }).forecast(Float64Array.of(8))[0]; // => 5
 */
export const thetaForecaster: Forecaster = {
  minimum: (period) => Math.max(5, 2 * period),
  fit: ({ filled, period }) => {
    const n = filled.length;
    const multiplicative = filled.every((value) => value > 0);
    const season = hasSeason(filled, period)
      ? classicalDecomposition(filled, { model: multiplicative ? 'multiplicative' : 'additive', period }).seasonal
      : new Float64Array(n).fill(multiplicative ? 1 : 0);
    const adjusted = filled.map((value, i) => (multiplicative ? value / season[i]! : value - season[i]!));
    const simple = fitHoltWinters(adjusted, { trend: 'none', damped: false, seasonal: 'none', period: 1 });
    const index = adjusted.map((_, i) => i);
    const halfSlope = powerCoefficients(linearRegression(index, adjusted)).coefficients[1]! / 2;
    const { alpha } = simple.parameters;
    const start = (1 - (1 - alpha) ** n) / alpha;
    return resumeTheta({
      ...{ kind: 'theta', alpha, level: simple.state.level, halfSlope, start, multiplicative },
      season: Array.from(season.subarray(n - period)),
      sigma: Math.sqrt(simple.squaredErrors / Math.max(1, n - 2)),
    });
  },
};

/**
 * The Theta method from its state. Each value that comes moves the smoothed level; slope and season stay those of the
 * last fit.
 *
 * @example
 * const state = { kind: 'theta', alpha: 0.5, level: 2, halfSlope: 0, start: 2, season: [0], multiplicative: false, sigma: 1 };
 * resumeTheta(state).next(4).forecast(Float64Array.of(0))[0]; // => 3
 */
export function resumeTheta(state: ThetaState): FittedForecaster {
  const { alpha, level, halfSlope, start, season, multiplicative, sigma } = state;
  const seasonAt = (i: number) => season[i % season.length]!;
  const forecast = (times: Float64Array) =>
    times.map((_, i) => {
      const base = level + halfSlope * (i + start);
      return multiplicative ? base * seasonAt(i) : base + seasonAt(i);
    });
  return {
    forecast,
    bounds: (times, confidence) => {
      const spread = times.map(
        (_, i) => sigma * Math.sqrt(1 + i * alpha * alpha) * (multiplicative ? Math.abs(seasonAt(i)) : 1),
      );
      return normalBounds(forecast(times), spread, confidence);
    },
    parameters: { alpha, drift: halfSlope },
    state,
    next: (value) => {
      const adjusted = multiplicative ? value / seasonAt(0) : value - seasonAt(0);
      const moved = Number.isFinite(adjusted) ? level + alpha * (adjusted - level) : level;
      return resumeTheta({ ...state, level: moved, season: [...season.slice(1), season[0]!] });
    },
  };
}

/** Autocorrelation at the period against the spread it has when those below it are as they are (Bartlett 1946). */
function hasSeason(values: Float64Array, period: number): boolean {
  if (period < 2 || values.length < 2 * period) return false;
  const correlations = autocorrelation(values, period);
  const below = correlations.subarray(1, period).reduce((sum, value) => sum + value * value, 0);
  return Math.abs(correlations[period]!) > SEASON_TEST * Math.sqrt((1 + 2 * below) / values.length);
}
