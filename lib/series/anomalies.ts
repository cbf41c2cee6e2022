import { normalQuantile } from './normal-quantile';
import { quantile } from './quantile';
import { median } from './quickselect';
import { NORMAL_MAD_SCALE, robustSpread } from './robust-spread';
import { stl } from './stl';

/** A value that does not fit its series. */
export interface Anomaly {
  readonly index: number;
  readonly value: number;
  /** Trend plus season there. */
  readonly expected: number;
  /** Distance in robust standard deviations of the remainder, with its sign. */
  readonly score: number;
}

/** Robust standard deviations from which on a value is an anomaly (Iglewicz and Hoaglin 1993). */
export const ANOMALY_THRESHOLD = 3.5;

const NARROWEST_TREND = 25;
/** Share of the remainders that must not be anomalies. */
const SOUND = 0.8;

/**
 * Values that fit neither the trend nor the season of their series: the remainder of a robust STL with a season that
 * does not change, in units of its own robust spread: by the median of the deviations or by their 80 % quantile,
 * whichever is larger, as noise that comes and goes is no anomaly. A robust fit to few seasons runs through many of the
 * values and lets the others stand out; so the spread is at least that which a plain fit leaves, and n seasons count as
 * n - 1, one of them being fitted.
 *
 * A season that may change would follow an anomaly; here it ends in the remainder as a whole. Without a season (period
 * 1) the trend alone is taken out. `filled` has no gaps; `values` may, and a value that was filled in is never an
 * anomaly. Domain: at least two seasons (without season: 12 values), else the errors of `stl`. Cost: one robust STL and
 * one plain. Accuracy: ten outliers of ten times the noise in 200 to 2,000 values, with and without a wandering level:
 * recall 0.99 and more, precision 0.86 to 0.98 (at 3.5 a few values of normal noise are named, too).
 *
 * @example
 * const values = Float64Array.from({ length: 60 }, (_, i) => [1, 5, 2][i % 3] + Math.sin(i * i) / 10 + (i === 31 ? 4 : 0));
 * anomalies(values, values, 3).map(({ index }) => index); // => [31]
 */
export function anomalies(
  values: Float64Array,
  filled: Float64Array,
  period: number,
  threshold = ANOMALY_THRESHOLD,
): Anomaly[] {
  const windows = { ...seasonOf(period), seasonal: 'periodic' } as const;
  const { resid } = stl(filled, { ...windows, robust: true });
  const { median: middle, sigma } = robustSpread(resid);
  const fitted = Math.max(sigma, quantile(deviationsFrom(middle, resid), SOUND) / normalQuantile((1 + SOUND) / 2));
  const rounding = 1e-10 * filled.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(fitted > rounding)) return withoutSpread(values, filled, resid, rounding);
  const plain = stl(filled, windows).resid;
  const seasons = filled.length / period;
  const spread =
    Math.max(fitted, NORMAL_MAD_SCALE * median(deviationsFrom(0, plain))) *
    Math.sqrt(period > 1 ? seasons / (seasons - 1) : 1);
  const scores = resid.map((value) => (value - middle) / spread);
  return Array.from(scores.keys())
    .filter((i) => Math.abs(scores[i]!) > threshold && !Number.isNaN(values[i]!))
    .map((index) => ({
      index,
      value: values[index]!,
      expected: filled[index]! - resid[index]!,
      score: scores[index]!,
    }));
}

/** Without a season the shortest one that STL takes, which is then about 0. A narrow trend would follow an outlier. */
function seasonOf(period: number): { period: number; trend: number } {
  const trend = Math.max(NARROWEST_TREND, Math.ceil(1.5 * period));
  return { period: Math.max(2, period), trend: trend % 2 === 0 ? trend + 1 : trend };
}

const deviationsFrom = (middle: number, values: Float64Array): Float64Array =>
  values.map((value) => Math.abs(value - middle));

/** Nearly all of the remainder is rounding: whatever is not, is an anomaly without a finite score. */
function withoutSpread(values: Float64Array, filled: Float64Array, resid: Float64Array, rounding: number): Anomaly[] {
  return Array.from(resid.keys())
    .filter((i) => Math.abs(resid[i]!) > 1e3 * rounding && !Number.isNaN(values[i]!))
    .map((index) => ({
      index,
      value: values[index]!,
      expected: filled[index]! - resid[index]!,
      score: resid[index]! > 0 ? Infinity : -Infinity,
    }));
}
