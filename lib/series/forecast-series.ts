import { TwinError } from '../reading/twin-error';
import { calibratedCoverage, calibrationFactor } from './calibration';
import { chooseMethod, type MethodChoice } from './choose-method';
import { evaluateForecaster, halfWidths, type Evaluation, type EvaluationResult } from './evaluate-forecaster';
import type { ForecastScores } from './forecast-scores';
import type { Bounds, FittedForecaster, Forecaster } from './forecaster';
import { forecasterOf, type ForecastMethod, type MethodOptions } from './forecaster-of';
import { futureTimes } from './future-times';
import { detectPeriod } from './period-detection';
import { periodInSamples } from './period-in-samples';
import { prepareSeries, type PreparedSeries } from './prepare-series';
import type { Series } from './series';
import type { SeriesWarning } from './series-warning';
import { trainingSeries } from './training-series';

export interface ForecastOptions extends MethodOptions {
  /** A method, or `auto`: see `chooseMethod`. */
  readonly method: ForecastMethod | 'auto';
  /** Season, see `periodInSamples`; empty for none, `auto` to find it (`detectPeriod`). */
  readonly period: string;
  /** Steps ahead. */
  readonly horizon: number;
  /** Step of the series in ms; absent: taken from the readings. */
  readonly stepMs?: number;
  /** Interval levels, 0 to 1. */
  readonly levels: readonly number[];
  /** Widen or narrow the intervals so that they would have held in the back-test. */
  readonly calibrate: boolean;
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
  readonly method: ForecastOptions['method'];
  readonly name?: string;
  readonly unit?: string;
  readonly points: number;
  readonly stepMs: number;
  readonly period: number;
  readonly parameters: Readonly<Record<string, number | readonly number[]>>;
  /** With `auto`: the methods that make up the forecast, and all that were tried. */
  readonly members?: MethodChoice['members'];
  readonly candidates?: MethodChoice['candidates'];
  readonly evaluation: Evaluation;
  /** Absent when the series is too short to be judged. */
  readonly scores?: ForecastScores;
  /** The seasonal naive forecast on the same values. */
  readonly naive?: ForecastScores;
  readonly levels: readonly number[];
  /** Share of the unseen values within the interval of each level, each earlier forecast calibrated on the others. */
  readonly coverage: readonly number[];
  readonly calibrated: boolean;
  /** Forecasts that were judged. */
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

/** Forecasts of a back-test from which on its errors can calibrate an interval. */
const FEWEST_CALIBRATING = 3;

/**
 * Forecast of a series with its intervals, and how good the method was on values it had not seen.
 *
 * The series is brought onto its grid first (`prepareSeries`); the method is judged (`evaluateForecaster`), then learns from
 * all of it. Errors: those of `prepareSeries`, `SERIES_TOO_SHORT` fewer values than the method needs, `SERIES_PERIOD`.
 *
 * @example
 * const options = { method: 'linear', degree: 1, period: '', horizon: 2, levels: [0.95], calibrate: false, evaluation: 'back-test', testShare: 0.3, seed: 1, folds: 3 };
 * forecastSeries({ times: Float64Array.of(0, 10, 20, 30), values: Float64Array.of(1, 2, 3, 4) }, options).values; // => Float64Array.of(5, 6)
 */
export function forecastSeries(series: Series, options: ForecastOptions): SeriesForecast {
  const { method, horizon, levels } = options;
  const prepared = prepareSeries(series, options.stepMs);
  const { grid, warnings } = prepared;
  const period = periodOf(prepared, options.period);
  const choice = method === 'auto' ? chooseMethod(grid.times, grid.values, { ...options, period }) : undefined;
  const forecaster = choice?.forecaster ?? forecasterOf(method as ForecastMethod, options);
  checkLength(forecaster, prepared, period, method);
  const result = evaluateForecaster(forecaster, grid.times, grid.values, { ...options, period });
  if (!result)
    warnings.push({ code: 'SERIES_UNJUDGED', message: 'The series is too short to judge the method on unseen values' });
  if (options.evaluation === 'shuffled') {
    warnings.push({
      code: 'SERIES_SHUFFLED',
      message:
        'The test part was drawn from between the points that the method learned from: its R² says nothing about the future',
    });
  }
  const fitted = forecaster.fit(trainingSeries(grid.times, grid.values, period));
  const times = futureTimes(grid.times, grid.stepMs, horizon);
  const calibrating = calibrationOf(result, options);
  const limit = limiter(options);
  return {
    times,
    values: fitted.forecast(times).map(limit),
    intervals: levels.map((level) => {
      const { lower, upper } = calibrating
        ? calibratedBounds(fitted, times, calibrationFactor(calibrating, level))
        : fitted.bounds(times, level);
      return { lower: lower.map(limit), upper: upper.map(limit) };
    }),
    model: {
      method,
      ...(series.name === undefined ? {} : { name: series.name }),
      ...(series.unit === undefined ? {} : { unit: series.unit }),
      points: grid.values.length - grid.missing,
      stepMs: grid.stepMs,
      period,
      parameters: fitted.parameters,
      ...(choice ? { members: choice.members, candidates: choice.candidates } : {}),
      evaluation: options.evaluation,
      ...(result ? { scores: result.scores } : {}),
      ...(result?.naive ? { naive: result.naive } : {}),
      levels,
      coverage: levels.map((level) => calibratedCoverage(result?.scaledErrors ?? [], level)),
      calibrated: calibrating !== undefined,
      folds: result?.scaledErrors.length ?? 0,
      warnings,
    },
  };
}

function periodOf({ grid, filled }: PreparedSeries, period: string): number {
  if (period.trim() === '') return 1;
  return period.trim() === 'auto' ? (detectPeriod(filled)?.period ?? 1) : periodInSamples(period, grid.stepMs);
}

function checkLength(forecaster: Forecaster, { grid }: PreparedSeries, period: number, method: string): void {
  const known = grid.values.length - grid.missing;
  const needed = forecaster.minimum(period);
  if (known >= needed) return;
  throw new TwinError(
    'SERIES_TOO_SHORT',
    `The method ${method} needs at least ${needed} values, but the series has ${known}`,
    {
      facts: { length: known, needed },
    },
  );
}

function calibrationOf(
  result: EvaluationResult | undefined,
  { calibrate, evaluation }: ForecastOptions,
): readonly Float64Array[] | undefined {
  const enough = evaluation === 'back-test' && (result?.scaledErrors.length ?? 0) >= FEWEST_CALIBRATING;
  return calibrate && enough ? result?.scaledErrors : undefined;
}

function calibratedBounds(fitted: FittedForecaster, times: Float64Array, factor: number): Bounds {
  const values = fitted.forecast(times);
  const halves = halfWidths(fitted, times);
  return {
    lower: values.map((value, i) => value - factor * halves[i]!),
    upper: values.map((value, i) => value + factor * halves[i]!),
  };
}

function limiter({ floor = -Infinity, ceiling = Infinity }: ForecastOptions): (value: number) => number {
  return (value) => Math.min(ceiling, Math.max(floor, value));
}
