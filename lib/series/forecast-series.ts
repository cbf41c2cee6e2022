import { TwinError } from '../reading/twin-error';
import { evaluateForecaster, type Evaluation } from './evaluate-forecaster';
import type { ForecastScores } from './forecast-scores';
import type { Bounds } from './forecaster';
import { forecasterOf, type ForecastMethod } from './forecaster-of';
import { futureTimes } from './future-times';
import { periodInSamples } from './period-in-samples';
import { prepareSeries } from './prepare-series';
import type { Series } from './series';
import type { SeriesWarning } from './series-warning';
import { trainingSeries } from './training-series';

export interface ForecastOptions {
  readonly method: ForecastMethod;
  /** Degree of the polynomial. */
  readonly degree: number;
  /** Season, see `periodInSamples`; empty for none. */
  readonly period: string;
  /** Steps ahead. */
  readonly horizon: number;
  /** Step of the series in ms; absent: taken from the readings. */
  readonly stepMs?: number;
  /** Interval levels, 0 to 1. */
  readonly levels: readonly number[];
  readonly evaluation: Evaluation;
  readonly testShare: number;
  readonly seed: number;
  readonly folds: number;
  /** Physical limits that no forecast and no interval leaves. */
  readonly floor?: number;
  readonly ceiling?: number;
}

/** What a forecast is worth: scores on values that the method had not seen. */
export interface ForecastModel {
  readonly method: ForecastMethod;
  readonly name?: string;
  readonly unit?: string;
  readonly points: number;
  readonly stepMs: number;
  readonly period: number;
  readonly parameters: Readonly<Record<string, number | readonly number[]>>;
  readonly evaluation: Evaluation;
  /** Absent when the series is too short to be judged. */
  readonly scores?: ForecastScores;
  /** The seasonal naive forecast on the same values. */
  readonly naive?: ForecastScores;
  readonly coverage: readonly number[];
  readonly levels: readonly number[];
  readonly folds: number;
  readonly warnings: readonly SeriesWarning[];
}

export interface SeriesForecast {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** One for each level. */
  readonly intervals: readonly Bounds[];
  readonly model: ForecastModel;
}

/**
 * Forecast of a series with its intervals, and how good the method was on values it had not seen.
 *
 * The series is brought onto its grid first (`prepareSeries`); the method is judged (`evaluateForecaster`), then learns from
 * all of it. Errors: those of `prepareSeries`, `SERIES_TOO_SHORT` fewer values than the method needs, `SERIES_PERIOD`.
 *
 * @example
 * const options = { method: 'linear', degree: 1, period: '', horizon: 2, levels: [0.95], evaluation: 'back-test', testShare: 0.3, seed: 1, folds: 3 };
 * forecastSeries({ times: Float64Array.of(0, 10, 20, 30), values: Float64Array.of(1, 2, 3, 4) }, options).values; // => Float64Array.of(5, 6)
 */
export function forecastSeries(series: Series, options: ForecastOptions): SeriesForecast {
  const { method, horizon, levels } = options;
  const { grid, warnings } = prepareSeries(series, options.stepMs);
  const period = options.period.trim() === '' ? 1 : periodInSamples(options.period, grid.stepMs);
  const forecaster = forecasterOf(method, options.degree);
  const known = grid.values.length - grid.missing;
  const needed = forecaster.minimum(period);
  if (known < needed) {
    throw new TwinError(
      'SERIES_TOO_SHORT',
      `The method ${method} needs at least ${needed} values, but the series has ${known}`,
      {
        facts: { length: known, needed },
      },
    );
  }
  const result = evaluateForecaster(forecaster, grid.times, grid.values, { ...options, period });
  if (!result)
    warnings.push({
      code: 'SERIES_UNJUDGED',
      message: `${known} values are too few to judge the method on unseen ones`,
    });
  if (options.evaluation === 'shuffled') {
    warnings.push({
      code: 'SERIES_SHUFFLED',
      message:
        'The test part was drawn from between the points that the method learned from: its R² says nothing about the future',
    });
  }
  const fitted = forecaster.fit(trainingSeries(grid.times, grid.values, period));
  const times = futureTimes(grid.times, grid.stepMs, horizon);
  const limit = limiter(options);
  return {
    times,
    values: fitted.forecast(times).map(limit),
    intervals: levels.map((level) => {
      const { lower, upper } = fitted.bounds(times, level);
      return { lower: lower.map(limit), upper: upper.map(limit) };
    }),
    model: {
      method,
      ...(series.name === undefined ? {} : { name: series.name }),
      ...(series.unit === undefined ? {} : { unit: series.unit }),
      points: known,
      stepMs: grid.stepMs,
      period,
      parameters: fitted.parameters,
      evaluation: options.evaluation,
      ...(result ? { scores: result.scores } : {}),
      ...(result?.naive ? { naive: result.naive } : {}),
      coverage: result?.coverage ?? [],
      levels,
      folds: result?.folds ?? 0,
      warnings,
    },
  };
}

function limiter({ floor = -Infinity, ceiling = Infinity }: ForecastOptions): (value: number) => number {
  return (value) => Math.min(ceiling, Math.max(floor, value));
}
