import { rollingOrigins } from './back-test';
import { concat } from './concat';
import { forecastScores, type ForecastScores } from './forecast-scores';
import type { FittedForecaster, Forecaster } from './forecaster';
import type { HalfWidths, JudgedForecast } from './judged-forecast';
import { seasonalNaiveForecaster } from './naive-forecaster';
import { trainTestSplit } from './train-test-split';
import { trainingSeries } from './training-series';

/** By what a method is judged: rolling origins, the end of the series, or a shuffled part (see `trainTestSplit`). */
export type Evaluation = 'back-test' | 'chronological' | 'shuffled';

export interface EvaluationOptions {
  readonly evaluation: Evaluation;
  readonly period: number;
  readonly horizon: number;
  /** Share of the points that is held back by a split, 0 to 1. */
  readonly testShare: number;
  readonly seed: number;
  /** Most forecasts of a back-test. */
  readonly folds: number;
}

/** How good a method was on values it had not seen. */
export interface EvaluationResult {
  readonly scores: ForecastScores;
  /** Scores of the seasonal naive forecast on the same values; absent for a shuffled split, where it makes no sense. */
  readonly naive?: ForecastScores;
  /** Each forecast that was judged, the earliest first; absent for a shuffled split. */
  readonly forecasts?: readonly JudgedForecast[];
  /** Values in all of them. */
  readonly points: number;
}

interface Fold {
  readonly length: number;
  readonly horizon: number;
}

/** Probability within one standard deviation of the normal distribution. */
const ONE_SIGMA = 0.6826894921370859;

/**
 * Judges a method on values that it has not seen.
 *
 * `back-test`: up to `folds` forecasts of `horizon` steps (at most a quarter of the series) from origins in its second
 * half; `chronological`: one forecast of the last `testShare`; `shuffled`: the test part lies between the points of the
 * training part, which flatters. Errors of all forecasts are pooled; MASE is scaled by the seasonal naive forecast
 * within the part before the first origin.
 *
 * Returns undefined when the series is too short for even one forecast. Gap policy: missing values are not judged.
 * Cost: one fit per forecast.
 *
 * @example
 * const options = { evaluation: 'chronological', period: 1, horizon: 1, testShare: 0.5, seed: 1, folds: 1 };
 * evaluateForecaster(seasonalNaiveForecaster, Float64Array.of(0, 1, 2, 3), Float64Array.of(1, 2, 3, 4), options).scores.mae; // => 1.5
 */
export function evaluateForecaster(
  method: Forecaster,
  times: Float64Array,
  values: Float64Array,
  options: EvaluationOptions,
): EvaluationResult | undefined {
  if (options.evaluation === 'shuffled') return evaluateShuffled(method, times, values, options);
  const folds = foldsOf(method, values, options);
  if (folds.length === 0) return undefined;
  const yardstick = { values: values.subarray(0, folds[0]!.length), period: options.period };
  const forecasts = folds.map((fold) => forecastFold(method, times, values, fold, options.period));
  const naive = folds.map((fold) => forecastFold(seasonalNaiveForecaster, times, values, fold, options.period));
  const actual = concat(forecasts.map((fold) => fold.actual));
  return {
    scores: forecastScores(actual, concat(forecasts.map(({ predicted }) => predicted)), yardstick),
    naive: forecastScores(actual, concat(naive.map(({ predicted }) => predicted)), yardstick),
    forecasts,
    points: actual.length,
  };
}

/**
 * The same origins for every method, so that methods can be compared; those with too little before them are left out.
 */
function foldsOf(method: Forecaster, values: Float64Array, options: EvaluationOptions): Fold[] {
  const { period, testShare, evaluation } = options;
  const enough = ({ length }: Fold): boolean => knownUpTo(values, length) >= method.minimum(period);
  const needed = seasonalNaiveForecaster.minimum(period);
  if (evaluation === 'chronological') {
    const held = Math.ceil(values.length * testShare);
    return [{ length: values.length - held, horizon: held }].filter((fold) => fold.length >= needed && enough(fold));
  }
  const minimum = Math.max(needed, Math.ceil(values.length / 2));
  // A series too short for many forecasts of the whole horizon is judged by shorter ones: one alone says little.
  const horizon = Math.min(options.horizon, Math.floor((values.length - minimum) / 2));
  if (horizon < 1) return [];
  const room = Math.floor((values.length - horizon - minimum) / Math.max(1, options.folds - 1));
  const step = Math.max(1, Math.min(horizon, room));
  const origins = rollingOrigins(values.length, { horizon, folds: options.folds, step, minimum });
  return origins.map((origin) => ({ length: origin, horizon })).filter(enough);
}

function knownUpTo(values: Float64Array, length: number): number {
  let known = 0;
  for (let i = 0; i < length; i++) if (!Number.isNaN(values[i]!)) known++;
  return known;
}

function forecastFold(
  method: Forecaster,
  times: Float64Array,
  values: Float64Array,
  { length, horizon }: Fold,
  period: number,
) {
  const fitted = method.fit(trainingSeries(times, values, period, length));
  return judged(fitted, times.subarray(length, length + horizon), values.subarray(length, length + horizon));
}

function judged(fitted: FittedForecaster, ahead: Float64Array, actual: Float64Array): JudgedForecast {
  const predicted = fitted.forecast(ahead);
  const halves = halfWidths(fitted, ahead);
  return { times: ahead, actual, predicted, halves };
}

/**
 * Distance of the ends of a method's own interval of one standard deviation from its forecast at each step; 1 where the
 * method gives no width at all, so that errors stay in the unit of the values.
 *
 * @example
 * const training = { times: Float64Array.of(0, 1, 2), values: Float64Array.of(0, 2, 0), filled: Float64Array.of(0, 2, 0), period: 1 };
 * halfWidths(seasonalNaiveForecaster.fit(training), Float64Array.of(3)).above.map(Math.round); // => Float64Array.of(2)
 */
export function halfWidths(fitted: FittedForecaster, ahead: Float64Array): HalfWidths {
  const values = fitted.forecast(ahead);
  const { lower, upper } = fitted.bounds(ahead, ONE_SIGMA);
  const below = values.map((value, i) => value - lower[i]!);
  const above = upper.map((high, i) => high - values[i]!);
  const sound = (half: number): boolean => half > 0 && Number.isFinite(half);
  return below.every(sound) && above.every(sound) ? { below, above } : { below: below.fill(1), above: above.fill(1) };
}

function evaluateShuffled(method: Forecaster, times: Float64Array, values: Float64Array, options: EvaluationOptions) {
  const known = Uint32Array.from(values.keys()).filter((i) => !Number.isNaN(values[i]!));
  const held = Math.ceil(known.length * options.testShare);
  if (known.length - held < method.minimum(1) || held === 0) return undefined;
  const split = trainTestSplit(known.length, options.testShare, options.seed);
  // The order of the shuffled points means nothing to a regression on time.
  const train = split.train.map((i) => known[i]!).sort();
  const test = split.test.map((i) => known[i]!).sort();
  const pick = (from: Float64Array, indices: Uint32Array) => Float64Array.from(indices, (i) => from[i]!);
  const fitted = method.fit(trainingSeries(pick(times, train), pick(values, train), 1));
  const own = judged(fitted, pick(times, test), pick(values, test));
  return {
    scores: forecastScores(own.actual, own.predicted),
    points: own.actual.length,
  };
}
