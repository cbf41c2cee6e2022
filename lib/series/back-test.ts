import { TwinError } from '../reading/twin-error';
import { forecastScores, type ForecastScores } from './forecast-scores';

/** A forecast of `horizon` steps from a training part. */
export type ForecastFunction = (training: Float64Array, horizon: number) => Float64Array;

export interface BackTestOptions {
  readonly horizon: number;
  /** Lengths of the training parts: each forecast begins there. */
  readonly origins: readonly number[];
  /** Season of the yardstick of MASE, 1 for none. */
  readonly period: number;
}

/** One forecast of a back-test beside what came. */
export interface BackTestFold {
  readonly origin: number;
  readonly forecast: Float64Array;
  readonly actual: Float64Array;
  readonly scores: ForecastScores;
}

/**
 * Rolling-origin back-test with a growing training part: for each origin the method sees what lies before it and is
 * judged by the `horizon` values after it (fewer at the end of the series).
 *
 * Nothing of the future reaches a forecast, which a shuffled split cannot say. Reference: Tashman, International
 * Journal of Forecasting 16 (2000). Gap policy: the method's; missing values are not judged. Cost: one fit per origin.
 * Errors: `SERIES_OPTION` origin outside of the series; errors of the method pass through.
 *
 * @example
 * backTest(Float64Array.of(1, 2, 3, 4), (training, h) => new Float64Array(h).fill(training.at(-1)), { horizon: 1, origins: [2, 3], period: 1 }).map((fold) => fold.scores.mae); // => [1, 1]
 */
export function backTest(
  values: Float64Array,
  forecast: ForecastFunction,
  { horizon, origins, period }: BackTestOptions,
): BackTestFold[] {
  return origins.map((origin) => {
    if (!Number.isInteger(origin) || origin < 1 || origin >= values.length) {
      throw new TwinError(
        'SERIES_OPTION',
        `A forecast cannot begin at ${origin} in a series of ${values.length} values`,
      );
    }
    const training = values.subarray(0, origin);
    const actual = values.subarray(origin, origin + horizon);
    const predicted = forecast(training, actual.length);
    return {
      origin,
      forecast: predicted,
      actual,
      scores: forecastScores(actual, predicted, { values: training, period }),
    };
  });
}

/**
 * Origins of a back-test: up to `folds` of them, `step` apart, the last one `horizon` before the end, none before
 * `minimum`.
 *
 * @example
 * rollingOrigins(100, { horizon: 10, folds: 3, step: 10, minimum: 20 }); // => [70, 80, 90]
 */
export function rollingOrigins(
  length: number,
  { horizon, folds, step, minimum }: { horizon: number; folds: number; step: number; minimum: number },
): number[] {
  const origins: number[] = [];
  for (let origin = length - horizon; origins.length < folds && origin >= minimum; origin -= step)
    origins.unshift(origin);
  return origins;
}
