import { fitHoltWinters, type HoltWintersFit } from './fit-holt-winters';
import type { Forecaster, TrainingSeries } from './forecaster';
import type { HoltWintersForm } from './holt-winters';
import { holtWintersForecast, holtWintersVariance } from './holt-winters-forecast';
import { normalBounds } from './normal-bounds';

export type TrendForm = 'automatic' | 'none' | 'additive' | 'damped';
export type SeasonForm = 'automatic' | 'none' | 'additive' | 'multiplicative';

/** Smoothing forgets: older values than these (and ten seasons) are left out of the fit, so that its cost stays bounded. */
const LONGEST_FIT = 20_000;

/**
 * Exponential smoothing as a forecasting method; `automatic` parts are chosen by the corrected information criterion AICc.
 *
 * Gap policy: filled by straight lines. Intervals: normal, by the variance of the state space model (class 1) on the residual
 * variance with as many degrees of freedom as parameters taken off. Cost: one fit for each form in question.
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
      return fittedForecaster(fit);
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

function fittedForecaster(fit: HoltWintersFit) {
  const { form, parameters, state } = fit;
  const variance = fit.squaredErrors / Math.max(1, fit.fitted.length - parameterCount(fit));
  const forecast = (times: Float64Array) => holtWintersForecast(state, form, parameters.phi, times.length);
  return {
    forecast,
    bounds: (times: Float64Array, level: number) => {
      const ratios = holtWintersVariance(form, parameters, times.length, state.seasons);
      return normalBounds(
        forecast(times),
        ratios.map((ratio) => Math.sqrt(ratio * variance)),
        level,
      );
    },
    parameters: {
      alpha: parameters.alpha,
      ...(form.trend === 'none' ? {} : { beta: parameters.beta, phi: parameters.phi }),
      ...(form.seasonal === 'none'
        ? {}
        : { gamma: parameters.gamma, multiplicative: form.seasonal === 'multiplicative' ? 1 : 0 }),
    },
  };
}
