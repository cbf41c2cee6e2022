import { rollingOrigins } from './back-test';
import { forecastScores, type ForecastScores } from './forecast-scores';
import type { Forecaster } from './forecaster';
import { intervalCoverage } from './interval-coverage';
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
  /** Levels whose coverage is counted, 0 to 1. */
  readonly levels: readonly number[];
}

/** How good a method was on values it had not seen. */
export interface EvaluationResult {
  readonly scores: ForecastScores;
  /** Scores of the seasonal naive forecast on the same values; absent for a shuffled split, where it makes no sense. */
  readonly naive?: ForecastScores;
  /** Share of the values within the intervals of each level. */
  readonly coverage: readonly number[];
  /** Forecasts that were judged, and values in all of them. */
  readonly folds: number;
  readonly points: number;
}

interface Fold {
  readonly length: number;
  readonly horizon: number;
}

/**
 * Judges a method on values that it has not seen.
 *
 * `back-test`: up to `folds` forecasts of `horizon` steps from origins in the second half of the series; `chronological`: one
 * forecast of the last `testShare`; `shuffled`: the test part lies between the points of the training part, which flatters.
 * Errors of all forecasts are pooled; MASE is scaled by the seasonal naive forecast within the part before the first origin.
 *
 * Returns undefined when the series is too short for even one forecast. Gap policy: missing values are not judged.
 * Cost: one fit per forecast.
 *
 * @example
 * const options = { evaluation: 'chronological', period: 1, horizon: 1, testShare: 0.5, seed: 1, folds: 1, levels: [] };
 * evaluateForecaster(seasonalNaiveForecaster, Float64Array.of(0, 1, 2, 3), Float64Array.of(1, 2, 3, 4), options).scores.mae; // => 1.5
 */
export function evaluateForecaster(
  method: Forecaster,
  times: Float64Array,
  values: Float64Array,
  options: EvaluationOptions,
): EvaluationResult | undefined {
  if (options.evaluation === 'shuffled') return evaluateShuffled(method, times, values, options);
  const folds = foldsOf(method, values.length, options).filter(
    ({ length }) => knownUpTo(values, length) >= method.minimum(options.period),
  );
  if (folds.length === 0) return undefined;
  const yardstick = { values: values.subarray(0, folds[0]!.length), period: options.period };
  const actual = concat(folds.map(({ length, horizon }) => values.subarray(length, length + horizon)));
  const own = forecastFolds(method, times, values, folds, options);
  const naive = forecastFolds(seasonalNaiveForecaster, times, values, folds, { ...options, levels: [] });
  return {
    scores: forecastScores(actual, own.predicted, yardstick),
    naive: forecastScores(actual, naive.predicted, yardstick),
    coverage: own.bounds.map(({ lower, upper }) => intervalCoverage(actual, lower, upper)),
    folds: folds.length,
    points: actual.length,
  };
}

function foldsOf(method: Forecaster, length: number, options: EvaluationOptions): Fold[] {
  const { period, horizon, testShare, evaluation } = options;
  const needed = Math.max(method.minimum(period), seasonalNaiveForecaster.minimum(period));
  if (evaluation === 'chronological') {
    const held = Math.ceil(length * testShare);
    return length - held >= needed ? [{ length: length - held, horizon: held }] : [];
  }
  const minimum = Math.max(needed, Math.ceil(length / 2));
  const step = Math.max(
    1,
    Math.min(horizon, Math.floor((length - horizon - minimum) / Math.max(1, options.folds - 1))),
  );
  return rollingOrigins(length, { horizon, folds: options.folds, step, minimum }).map((origin) => ({
    length: origin,
    horizon,
  }));
}

function knownUpTo(values: Float64Array, length: number): number {
  let known = 0;
  for (let i = 0; i < length; i++) if (!Number.isNaN(values[i]!)) known++;
  return known;
}

function forecastFolds(
  method: Forecaster,
  times: Float64Array,
  values: Float64Array,
  folds: Fold[],
  { period, levels }: EvaluationOptions,
) {
  const parts = folds.map(({ length, horizon }) => {
    const fitted = method.fit(trainingSeries(times, values, period, length));
    const ahead = times.subarray(length, length + horizon);
    return { predicted: fitted.forecast(ahead), bounds: levels.map((level) => fitted.bounds(ahead, level)) };
  });
  return {
    predicted: concat(parts.map(({ predicted }) => predicted)),
    bounds: levels.map((_, i) => ({
      lower: concat(parts.map(({ bounds }) => bounds[i]!.lower)),
      upper: concat(parts.map(({ bounds }) => bounds[i]!.upper)),
    })),
  };
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
  const [ahead, actual] = [pick(times, test), pick(values, test)];
  return {
    scores: forecastScores(actual, fitted.forecast(ahead)),
    coverage: options.levels.map((level) => {
      const { lower, upper } = fitted.bounds(ahead, level);
      return intervalCoverage(actual, lower, upper);
    }),
    folds: 1,
    points: actual.length,
  };
}

function concat(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
