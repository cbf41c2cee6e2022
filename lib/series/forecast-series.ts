import { TwinError } from '../reading/twin-error';
import { backTestRows, type BackTestRow } from './back-test-rows';
import { calibrate } from './calibration';
import { chooseMethod, type MethodChoice } from './choose-method';
import { evaluateForecaster, type Evaluation, type EvaluationResult } from './evaluate-forecaster';
import type { ForecastScores } from './forecast-scores';
import { fillGaps } from './fill-gaps';
import { forecastOutlook, type Outlook } from './forecast-outlook';
import type { Forecaster } from './forecaster';
import type { ForecasterState } from './forecaster-state';
import { forecasterOf, type ForecastMethod, type MethodOptions } from './forecaster-of';
import { futureTimes } from './future-times';
import { detectPeriod } from './period-detection';
import { periodInSamples } from './period-in-samples';
import { presentLevel } from './present-level';
import { prepareSeries, type PreparedSeries } from './prepare-series';
import type { Series } from './series';
import { spikes } from './spikes';
import type { SeriesWarning } from './series-warning';
import { transformLambda, type TransformForm } from './transform-form';
import { transformedForecaster } from './transformed-forecaster';
import { trainingSeries } from './training-series';

export interface ForecastOptions extends MethodOptions {
  /** A method, or `auto`: see `chooseMethod`. */
  readonly method: ForecastMethod | 'auto';
  /** Learn only from what came after the last change of level (`presentLevel`). */
  readonly cutAtLevelChange?: boolean;
  /** Scale on which the methods work; absent: `automatic`. */
  readonly transform?: TransformForm;
  /** What a forecast on another scale is brought back to, see `transformedForecaster`; absent: the median. */
  readonly backTransform?: 'median' | 'mean';
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
  /** Of the Box-Cox scale on which the method works (0: logarithm); absent: that of the values. */
  readonly lambda?: number;
  /** With `auto`: the methods that make up the forecast, and all that were tried. */
  readonly members?: MethodChoice['members'];
  readonly candidates?: MethodChoice['candidates'];
  readonly evaluation: Evaluation;
  /** Absent when the series is too short to be judged. */
  readonly scores?: ForecastScores;
  /** The seasonal naive forecast on the same values. */
  readonly naive?: ForecastScores;
  readonly levels: readonly number[];
  /** Share of the values of earlier forecasts within intervals that did not learn from them, see `calibrate`. */
  readonly coverage: readonly number[];
  readonly calibrated: boolean;
  /** Forecasts that were judged. */
  readonly folds: number;
  /** Live: steps that the forecast has followed since the method learned. */
  readonly since?: number;
  readonly warnings: readonly SeriesWarning[];
}

export interface SeriesForecast extends Outlook {
  readonly model: ForecastModel;
  readonly resume: ForecastResume;
  /** The last values that the method learned from, for a picture: at most 300. */
  readonly history: { readonly times: Float64Array; readonly values: Float64Array };
  /** Earlier forecasts beside what came, see `backTestRows`. */
  readonly backTest: readonly BackTestRow[];
}

/** With which a forecast goes on as readings come (`LiveForecast`), as plain data. */
export interface ForecastResume {
  readonly state: ForecasterState;
  /** See `OutlookOptions`. */
  readonly factors?: readonly number[];
  /** Epoch ms of the last values, at least one and at most 13. */
  readonly times: readonly number[];
}

/** Values of a picture. */
const PICTURED = 300;
/** Last times that say whether a series goes by calendar months, see `futureTimes`. */
const RECENT_TIMES = 13;

/** Forecasts of a back-test from which on its errors can calibrate an interval. */
const FEWEST_CALIBRATING = 3;

/**
 * Forecast of a series with its intervals, and how good the method was on values it had not seen.
 *
 * The series is brought onto its grid first (`prepareSeries`); the method is judged (`evaluateForecaster`), then learns
 * from all of it. Errors: those of `prepareSeries`, `SERIES_TOO_SHORT` fewer values than the method needs,
 * `SERIES_PERIOD`.
 *
 * @example
 * const options = { method: 'linear', degree: 1, period: '', horizon: 2, levels: [0.95], calibrate: false, evaluation: 'back-test', testShare: 0.3, seed: 1, folds: 3 };
 * forecastSeries({ times: Float64Array.of(0, 10, 20, 30), values: Float64Array.of(1, 2, 3, 4) }, options).values; // => Float64Array.of(5, 6)
 */
export function forecastSeries(series: Series, options: ForecastOptions): SeriesForecast {
  const { method, horizon, levels } = options;
  const whole = withoutSpikes(prepareSeries(series, options.stepMs));
  const period = periodOf(whole, options.period);
  const prepared = options.cutAtLevelChange ? onPresentLevel(whole, period) : whole;
  const { grid, warnings } = prepared;
  const { transform = 'automatic', backTransform } = options;
  const scale = { transform, mean: backTransform === 'mean' };
  const choice =
    method === 'auto' ? chooseMethod(grid.times, grid.values, { ...options, ...scale, period }) : undefined;
  const lambda = choice ? choice.lambda : transformLambda(transform, grid.values, period);
  const forecaster = choice?.forecaster ?? onScale(forecasterOf(method as ForecastMethod, options), lambda, scale.mean);
  checkLength(forecaster, prepared, period, method);
  const chosen = options.evaluation === 'back-test' ? choice?.evaluation : undefined;
  const result = chosen ?? evaluateForecaster(forecaster, grid.times, grid.values, { ...options, period });
  warnings.push(...whatIsUnjudged(result, horizon));
  if (period > 1 && 2 * period > grid.values.length) {
    const message = `The season of ${period} is longer than half of the ${grid.values.length} values: what repeats cannot be seen`;
    warnings.push({ code: 'SERIES_LONG_SEASON', message });
  }
  if (options.evaluation === 'shuffled') {
    warnings.push({
      code: 'SERIES_SHUFFLED',
      message:
        'The test part was drawn from between the points that the method learned from: its R² says nothing about the future',
    });
  }
  const fitted = forecaster.fit(trainingSeries(grid.times, grid.values, period));
  const times = futureTimes(grid.times, grid.stepMs, horizon);
  const calibrations = calibrate(result?.forecasts ?? [], levels);
  const calibrated = canCalibrate(result, options);
  const factors = calibrated ? calibrations.map(({ factor }) => factor) : undefined;
  return {
    ...forecastOutlook(fitted, times, { ...options, ...(factors ? { factors } : {}) }),
    history: { times: grid.times.slice(-PICTURED), values: grid.values.slice(-PICTURED) },
    backTest: backTestRows(result?.forecasts ?? [], factors?.[0] ?? NaN),
    resume: {
      state: fitted.state,
      times: Array.from(grid.times.subarray(-RECENT_TIMES)),
      ...(factors ? { factors } : {}),
    },
    model: {
      method,
      ...(series.name === undefined ? {} : { name: series.name }),
      ...(series.unit === undefined ? {} : { unit: series.unit }),
      points: grid.values.length - grid.missing,
      stepMs: grid.stepMs,
      period,
      parameters: fitted.parameters,
      ...(lambda === undefined ? {} : { lambda }),
      ...(choice ? { members: choice.members, candidates: choice.candidates } : {}),
      evaluation: options.evaluation,
      ...(result ? { scores: result.scores } : {}),
      ...(result?.naive ? { naive: result.naive } : {}),
      levels,
      coverage: calibrations.map(({ coverage }) => coverage),
      calibrated,
      folds: result?.forecasts?.length ?? Number(result !== undefined),
      warnings,
    },
  };
}

/** What the back-test says nothing about: all of it, or the steps beyond its own. */
function whatIsUnjudged(result: EvaluationResult | undefined, horizon: number): SeriesWarning[] {
  if (!result) {
    return [{ code: 'SERIES_UNJUDGED', message: 'The series is too short to judge the method on unseen values' }];
  }
  const steps = Math.max(0, ...(result.forecasts ?? []).map(({ times }) => times.length));
  if (steps === 0 || steps >= horizon) return [];
  const message = `Only ${steps} of ${horizon} steps ahead were judged on unseen values: beyond them, errors may be larger than the intervals say`;
  return [{ code: 'SERIES_UNJUDGED_STEPS', message }];
}

/** A spike counts as missing: one broken reading must not bend a line through a thousand good ones. */
function withoutSpikes(prepared: PreparedSeries): PreparedSeries {
  const { grid, warnings } = prepared;
  const found = spikes(grid.values);
  if (found.length === 0) return prepared;
  const values = grid.values.slice();
  for (const i of found) values[i] = NaN;
  const first = grid.values[found[0]!]!;
  const message = `${found.length} values leap far from both neighbours, the first is ${first}: they count as missing`;
  return {
    grid: { ...grid, values, missing: grid.missing + found.length },
    filled: fillGaps(values, 'linear'),
    warnings: [...warnings, { code: 'SERIES_SPIKES', message }],
  };
}

function onPresentLevel(prepared: PreparedSeries, period: number): PreparedSeries {
  const from = presentLevel(prepared.filled, period);
  if (from === 0) return prepared;
  const { grid, filled, warnings } = prepared;
  const values = grid.values.subarray(from);
  const since = new Date(Math.round(grid.times[from]!)).toISOString();
  const message = `The level changed at ${since}: the ${from} values before it were left out`;
  return {
    grid: { ...grid, times: grid.times.subarray(from), values, missing: missingIn(values) },
    filled: filled.subarray(from),
    warnings: [...warnings, { code: 'SERIES_LEVEL_CHANGE', message }],
  };
}

function missingIn(values: Float64Array): number {
  return values.reduce((count, value) => count + Number(Number.isNaN(value)), 0);
}

function periodOf({ grid, filled }: PreparedSeries, period: string): number {
  if (period.trim() === '') return 1;
  return period.trim() === 'auto' ? (detectPeriod(filled)?.period ?? 1) : periodInSamples(period, grid.stepMs);
}

function onScale(method: Forecaster, lambda: number | undefined, mean: boolean): Forecaster {
  return lambda === undefined ? method : transformedForecaster(method, { lambda, mean });
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

function canCalibrate(
  result: EvaluationResult | undefined,
  { calibrate: asked, evaluation }: ForecastOptions,
): boolean {
  return asked && evaluation === 'back-test' && (result?.forecasts?.length ?? 0) >= FEWEST_CALIBRATING;
}
