import { combinedForecaster } from './combined-forecaster';
import { evaluateForecaster, type EvaluationOptions } from './evaluate-forecaster';
import type { Forecaster } from './forecaster';
import { harmonicForecaster } from './harmonic-forecaster';
import { driftForecaster, seasonalNaiveForecaster } from './naive-forecaster';
import { smoothingForecaster } from './smoothing-forecaster';
import { stlForecaster } from './stl-forecaster';
import { thetaForecaster } from './theta-forecaster';

/** Above these, smoothing with a season has too many values or states to be tried many times. */
const LONGEST_SEASONAL_SMOOTHING = 5000;
const LONGEST_SMOOTHED_PERIOD = 400;
/** A long series needs fewer forecasts to tell methods apart. */
const FEWER_FOLDS_FROM = 20_000;
const FOLDS_OF_LONG = 4;
/** Methods that are combined, and how much a smaller error counts: weights are mean absolute errors to the power of -4. */
const COMBINED = 5;
const WEIGHT_POWER = -4;

/** What was tried, the best first. */
export interface MethodChoice {
  readonly forecaster: Forecaster;
  /** The methods whose weighted mean is the forecast; the weights add to 1. */
  readonly members: readonly { readonly name: string; readonly weight: number }[];
  readonly candidates: readonly { readonly name: string; readonly mase: number; readonly mae: number }[];
}

/**
 * Chooses a forecast by back-test: the five methods that forecast the past of this series best (mean absolute error of all
 * steps of all earlier forecasts), combined with weights that fall steeply with their errors. One method that is far better
 * than all others is so nearly taken alone, while several that are equally good average out their errors.
 *
 * Candidates: seasonal naive, drift, Theta, seasonal regression, STL with smoothing, exponential smoothing with every trend
 * and season that the values allow; smoothing with a season only up to 5,000 values and 400 samples of a season. A series too
 * short for a back-test gets the seasonal naive forecast, or drift. Gap policy: that of the methods. Cost: one fit for each
 * candidate and earlier forecast.
 *
 * @example
 * const values = Float64Array.from({ length: 60 }, (_, i) => 10 + i + [3, -1, -2][i % 3]);
 * const options = { evaluation: 'back-test', period: 3, horizon: 3, testShare: 0.3, seed: 1, folds: 4 };
 * chooseMethod(values, values, options).members[0].weight > 0.2; // => true
 */
export function chooseMethod(times: Float64Array, values: Float64Array, options: EvaluationOptions): MethodChoice {
  const folds = values.length > FEWER_FOLDS_FROM ? Math.min(FOLDS_OF_LONG, options.folds) : options.folds;
  const tried = Object.entries(candidatesFor(values, options.period)).flatMap(([name, forecaster]) => {
    const result = evaluateForecaster(forecaster, times, values, { ...options, evaluation: 'back-test', folds });
    return result ? [{ name, forecaster, mae: result.scores.mae, mase: result.scores.mase }] : [];
  });
  tried.sort((a, b) => a.mae - b.mae);
  const best = tried.slice(0, COMBINED);
  if (best.length === 0) {
    const enough = values.length >= seasonalNaiveForecaster.minimum(options.period);
    const [name, forecaster] = enough ? ['seasonal-naive', seasonalNaiveForecaster] : ['drift', driftForecaster];
    return { forecaster, members: [{ name, weight: 1 }], candidates: [] };
  }
  const least = best[0]!.mae;
  const raw = best.map(({ mae }) => (mae === least ? 1 : (mae / least) ** WEIGHT_POWER));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  const weights = raw.map((weight) => weight / total);
  return {
    forecaster: combinedForecaster(
      best.map(({ forecaster }) => forecaster),
      weights,
    ),
    members: best.map(({ name }, k) => ({ name, weight: weights[k]! })),
    candidates: tried.map(({ name, mae, mase }) => ({ name, mae, mase })),
  };
}

function candidatesFor(values: Float64Array, period: number): Record<string, Forecaster> {
  const always = {
    'seasonal-naive': seasonalNaiveForecaster,
    drift: driftForecaster,
    theta: thetaForecaster,
    harmonics: harmonicForecaster,
    'smoothing-simple': smoothingForecaster('none', 'none'),
    'smoothing-trend': smoothingForecaster('additive', 'none'),
    'smoothing-damped': smoothingForecaster('damped', 'none'),
  };
  if (period < 2) return always;
  const withSeason = { ...always, stl: stlForecaster };
  if (values.length > LONGEST_SEASONAL_SMOOTHING || period > LONGEST_SMOOTHED_PERIOD) return withSeason;
  const seasonal = {
    ...withSeason,
    'smoothing-additive': smoothingForecaster('none', 'additive'),
    'smoothing-trend-additive': smoothingForecaster('additive', 'additive'),
    'smoothing-damped-additive': smoothingForecaster('damped', 'additive'),
  };
  if (!values.every((value) => Number.isNaN(value) || value > 0)) return seasonal;
  return {
    ...seasonal,
    'smoothing-trend-multiplicative': smoothingForecaster('additive', 'multiplicative'),
    'smoothing-damped-multiplicative': smoothingForecaster('damped', 'multiplicative'),
  };
}
