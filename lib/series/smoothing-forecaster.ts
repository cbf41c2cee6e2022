import { fitHoltWinters, type HoltWintersFit } from './fit-holt-winters';
import type { FittedForecaster, Forecaster, TrainingSeries } from './forecaster';
import type { SmoothingState } from './forecaster-state';
import { updateHoltWinters, type HoltWintersForm } from './holt-winters';
import { holtWintersForecast, holtWintersVariance } from './holt-winters-forecast';
import { normalBounds } from './normal-bounds';

export type TrendForm = 'automatic' | 'none' | 'additive' | 'damped';
export type SeasonForm = 'automatic' | 'none' | 'additive' | 'multiplicative';

/**
 * Smoothing forgets: older values than these (and ten seasons) are left out of the fit, so that its cost stays bounded.
 */
const LONGEST_FIT = 20_000;

/**
 * Exponential smoothing as a forecasting method; `automatic` parts are chosen by the corrected information criterion
 * AICc.
 *
 * Gap policy: filled by straight lines. Intervals: normal, by the variance of the state space model (class 1) on the
 * residual variance with as many degrees of freedom as parameters taken off. Cost: one fit for each form in question.
 *
 * @example
 * const filled = Float64Array.from({ length: 30 }, (_, i) => 5 + 2 * i);
 * const fitted = smoothingForecaster('additive', 'none').fit({ times: filled, values: filled, filled, period: 1 });
 * Math.round(fitted.forecast(Float64Array.of(30))[0]); // => 65
 */
export function smoothingForecaster(trend: TrendForm, season: SeasonForm): Forecaster {
  return {
    minimum: (period) => Math.max(5, season === 'none' || period < 2 ? 0 : 2 * period),
    fit: (training) => {
      const longest = Math.max(LONGEST_FIT, 10 * training.period);
      const values = training.filled.slice(-longest);
      const fit = formsOf(training, trend, season)
        .map((form) => fitHoltWinters(values, form))
        .reduce((best, other) => (criterion(other) < criterion(best) ? other : best));
      return fittedForecaster(fit, parameterCount(fit));
    },
  };
}

function formsOf({ filled, period }: TrainingSeries, trend: TrendForm, season: SeasonForm): HoltWintersForm[] {
  const trends: HoltWintersForm[] = [
    { trend: 'none', damped: false, seasonal: 'none', period },
    { trend: 'additive', damped: false, seasonal: 'none', period },
    { trend: 'additive', damped: true, seasonal: 'none', period },
  ];
  const wanted = trend === 'automatic' ? trends : [trends[['none', 'additive', 'damped'].indexOf(trend)]!];
  const positive = filled.every((value) => value > 0);
  const automatic: HoltWintersForm['seasonal'][] = positive ? ['additive', 'multiplicative'] : ['additive'];
  const seasons = period < 2 ? (['none'] as const) : season === 'automatic' ? automatic : [season];
  return wanted.flatMap((form) => seasons.map((seasonal) => ({ ...form, seasonal })));
}

function parameterCount({ form }: HoltWintersFit): number {
  return 2 + (form.trend === 'none' ? 0 : 2) + (form.damped ? 1 : 0) + (form.seasonal === 'none' ? 0 : 1 + form.period);
}

/** AICc (Hurvich and Tsai 1989) of Gaussian errors, up to a constant. */
function criterion(fit: HoltWintersFit): number {
  const n = fit.fitted.length;
  const k = parameterCount(fit) + 1;
  const correction = n - k - 1 > 0 ? (2 * k * (k + 1)) / (n - k - 1) : Infinity;
  return n * Math.log(Math.max(Number.MIN_VALUE, fit.squaredErrors) / n) + 2 * k + correction;
}

function fittedForecaster({ form, parameters, state, squaredErrors, fitted }: HoltWintersFit, count: number) {
  const { alpha, beta, gamma, phi } = parameters;
  return resumeSmoothing({
    ...{ kind: 'smoothing', form, alpha, beta, gamma, phi },
    ...{ level: state.level, trend: state.trend, seasons: Array.from(state.seasons) },
    variance: squaredErrors / Math.max(1, fitted.length - count),
  });
}

/**
 * Exponential smoothing from its state. Each value that comes moves level, trend and season by the recursion, with the
 * parameters of the last fit; a missing one is taken as it was expected.
 *
 * @example
 * const form = { trend: 'none', damped: false, seasonal: 'none', period: 1 };
 * const state = { kind: 'smoothing', form, alpha: 0.5, beta: 0, gamma: 0, phi: 1, level: 2, trend: 0, seasons: [], variance: 1 };
 * resumeSmoothing(state).next(4).forecast(Float64Array.of(0))[0]; // => 3
 */
export function resumeSmoothing(state: SmoothingState): FittedForecaster {
  const { form, alpha, beta, gamma, phi, level, trend, variance } = state;
  const seasons = Float64Array.from(state.seasons);
  const parameters = { alpha, beta, gamma, phi, level, trend, seasons };
  const forecast = (times: Float64Array) => holtWintersForecast({ level, trend, seasons }, form, phi, times.length);
  return {
    forecast,
    bounds: (times: Float64Array, confidence: number) => {
      const ratios = holtWintersVariance(form, parameters, times.length, seasons);
      return normalBounds(
        forecast(times),
        ratios.map((ratio) => Math.sqrt(ratio * variance)),
        confidence,
      );
    },
    parameters: {
      alpha,
      ...(form.trend === 'none' ? {} : { beta, phi }),
      ...(form.seasonal === 'none' ? {} : { gamma, multiplicative: form.seasonal === 'multiplicative' ? 1 : 0 }),
    },
    state,
    next: (value) => {
      const known = Number.isNaN(value) ? forecast(Float64Array.of(0))[0]! : value;
      const moved = updateHoltWinters({ level, trend, seasons }, known, form, parameters);
      return resumeSmoothing({
        ...state,
        ...{ level: moved.level, trend: moved.trend, seasons: Array.from(moved.seasons) },
      });
    },
  };
}
