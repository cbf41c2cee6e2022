import { burgAutoregression } from './burg-autoregression';
import type { FittedForecaster, Forecaster, TrainingSeries } from './forecaster';
import type { AutoregressionState } from './forecaster-state';
import { normalBounds } from './normal-bounds';
import { seasonAdded } from './season-added';
import { stl } from './stl';

export interface AutoregressionForm {
  /** Of the differences between neighbours instead of the values: for a level that wanders. */
  readonly differences: boolean;
  /** STL takes the season, the same every time, out first and puts it back. */
  readonly season: boolean;
}

/** Older values than these are left out of the fit, so that its cost stays bounded. */
const LONGEST_FIT = 20_000;
const HIGHEST_ORDER = 100;

/**
 * Autoregression as a forecasting method: the distance from the mean swings back as it did before. For values that
 * return to a level, and for cycles whose length wanders, which a fixed season cannot follow.
 *
 * The order is chosen up to 10 log10 n (R `ar`), or a season and a half where the season is not taken out. Gap policy:
 * filled by straight lines. Intervals: normal, by the weights of past noise. Reference: Brockwell and Davis,
 * Introduction to Time Series and Forecasting, 3rd ed., 5. Cost: n × order, and one STL.
 *
 * @example
 * const filled = Float64Array.from({ length: 60 }, (_, i) => 10 + Math.sin(i));
 * const fitted = autoregressionForecaster({ differences: false, season: false }).fit({ times: filled, values: filled, filled, period: 1 });
 * Math.abs(fitted.forecast(Float64Array.of(60, 61))[1] - 10 - Math.sin(61)) < 0.1; // => true
 */
export function autoregressionForecaster({ differences, season }: AutoregressionForm): Forecaster {
  return {
    minimum: (period) => Math.max(12, season && period > 1 ? 2 * period + 1 : 0),
    fit: (training) => {
      const { values, lastSeason } = withoutSeason(training, season);
      const steps = differences ? differencesOf(values) : values;
      const order = highestOrder(steps.length, season ? 1 : training.period);
      const { mean, coefficients, variance } = burgAutoregression(steps, order);
      const own = resumeAutoregression({
        ...{ kind: 'autoregression', mean, coefficients, variance, differences, last: values.at(-1)! },
        recent: Array.from(steps.subarray(steps.length - coefficients.length)),
      });
      return lastSeason ? seasonAdded({ kind: 'season-added', season: lastSeason, rest: own.state }, own) : own;
    },
  };
}

/**
 * An autoregression from its state. Values that come are its past from then on; a missing one is taken as it was
 * expected.
 *
 * @example
 * const state = { kind: 'autoregression', mean: 10, coefficients: [0.5], variance: 1, differences: false, recent: [14], last: 14 };
 * resumeAutoregression(state).next(12).forecast(Float64Array.of(0, 1)); // => Float64Array.of(11, 10.5)
 */
export function resumeAutoregression(state: AutoregressionState): FittedForecaster {
  const { mean, coefficients, variance, differences, recent, last } = state;
  const forecast = (times: Float64Array): Float64Array => {
    const ahead = carriedOn(recent, mean, coefficients, times.length);
    if (!differences) return ahead;
    let level = last;
    return ahead.map((step) => (level += step));
  };
  return {
    forecast,
    bounds: (times, level) =>
      normalBounds(forecast(times), spread(coefficients, variance, times.length, differences), level),
    parameters: { mean, coefficients },
    state,
    next: (value) => {
      const known = Number.isNaN(value) ? forecast(Float64Array.of(0))[0]! : value;
      const step = differences ? known - last : known;
      return resumeAutoregression({ ...state, last: known, recent: [...recent, step].slice(1) });
    },
  };
}

function withoutSeason({ filled, period }: TrainingSeries, season: boolean) {
  const values = filled.slice(-Math.max(LONGEST_FIT, 10 * period));
  if (!season || period < 2) return { values };
  // A season that may change would take from the swings that the autoregression is to learn.
  const { seasonal } = stl(values, { period, seasonal: 'periodic' });
  return { values: values.map((value, i) => value - seasonal[i]!), lastSeason: Array.from(seasonal.slice(-period)) };
}

function differencesOf(values: Float64Array): Float64Array {
  return values.subarray(1).map((value, i) => value - values[i]!);
}

function highestOrder(n: number, period: number): number {
  const usual = Math.floor(10 * Math.log10(n));
  const withSeason = period > 1 ? Math.ceil(1.5 * period) : 0;
  return Math.min(HIGHEST_ORDER, Math.max(usual, withSeason), Math.floor(n / 3));
}

function carriedOn(
  recent: readonly number[],
  mean: number,
  coefficients: readonly number[],
  steps: number,
): Float64Array {
  const order = coefficients.length;
  const path = new Float64Array(order + steps);
  for (let k = 0; k < order; k++) path[k] = recent[k]! - mean;
  for (let i = order; i < path.length; i++) {
    let sum = 0;
    for (let k = 0; k < order; k++) sum += coefficients[k]! * path[i - 1 - k]!;
    path[i] = sum;
  }
  return path.subarray(order).map((value) => mean + value);
}

/** Standard deviation at each step: noise of all steps so far, each with the weight it has by then. */
function spread(coefficients: readonly number[], variance: number, steps: number, summed: boolean): Float64Array {
  const weights = new Float64Array(steps);
  const result = new Float64Array(steps);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < steps; i++) {
    weights[i] = i === 0 ? 1 : 0;
    for (let k = 0; k < Math.min(i, coefficients.length); k++) weights[i]! += coefficients[k]! * weights[i - 1 - k]!;
    sum += weights[i]!;
    squares += (summed ? sum : weights[i]!) ** 2;
    result[i] = Math.sqrt(variance * squares);
  }
  return result;
}
