import { TwinError } from '../reading/twin-error';
import { linearRegression } from './linear-regression';
import { movingAverage } from './moving-average';
import { evaluatePolynomial } from './polynomial-fit';

/** How season and remainder meet the trend: observed = trend + seasonal + resid, or trend × seasonal × resid. */
export type DecompositionModel = 'additive' | 'multiplicative';

export interface ClassicalOptions {
  readonly model: DecompositionModel;
  /** Samples of one season. */
  readonly period: number;
  /** Average around each point (true, default) or over the past only. */
  readonly twoSided?: boolean;
  /** Points + 1 of the line by which the trend is carried to the edges; 0 (default) leaves `NaN` there. */
  readonly extrapolateTrend?: number | 'period';
}

/** Parts of a series, each as long as it. */
export interface Decomposition {
  readonly observed: Float64Array;
  readonly trend: Float64Array;
  readonly seasonal: Float64Array;
  readonly resid: Float64Array;
}

/**
 * Classical decomposition by moving averages: the trend is the average over one period, the season the mean of what is left
 * for each place in the period (adjusted to mean 0, or 1), the remainder the rest.
 *
 * Reference: statsmodels `seasonal_decompose` (`'period'` is its `extrapolate_trend='freq'`). The same season every time, and
 * edges without trend of half a period unless extrapolated; one spike moves both: STL is the better choice there.
 * Gap policy: none may be missing, fill them first. Cost: linear. Accuracy: relative 1e-13 against statsmodels.
 * Errors: `SERIES_GAPS` missing value, `SERIES_PERIOD` not a whole number from 1 on, `SERIES_TOO_SHORT` fewer than two
 * seasons, `SERIES_NOT_POSITIVE` multiplicative with values of 0 or below.
 *
 * @example
 * classicalDecomposition(Float64Array.of(1, 3, 3, 5, 5, 7), { model: 'additive', period: 2 }).seasonal; // => Float64Array.of(-0.5, 0.5, -0.5, 0.5, -0.5, 0.5)
 */
export function classicalDecomposition(values: Float64Array, options: ClassicalOptions): Decomposition {
  const { model, period, twoSided = true, extrapolateTrend = 0 } = options;
  checkDecomposable(values, period, model === 'multiplicative');
  const trend = movingAverage(values, period, twoSided);
  const points = extrapolateTrend === 'period' ? period - 1 : extrapolateTrend;
  if (points > 0) extrapolate(trend, points + 1);
  const multiplicative = model === 'multiplicative';
  const cycle = seasonalCycle(values, trend, period, multiplicative);
  const seasonal = new Float64Array(values.length);
  const resid = new Float64Array(values.length);
  for (let i = 0, place = 0; i < values.length; i++, place = place + 1 === period ? 0 : place + 1) {
    const season = cycle[place]!;
    seasonal[i] = season;
    resid[i] = multiplicative ? values[i]! / trend[i]! / season : values[i]! - trend[i]! - season;
  }
  return { observed: values, trend, seasonal, resid };
}

/** What every decomposition asks of its input; see the errors of `classicalDecomposition`. */
export function checkDecomposable(values: Float64Array, period: number, positive: boolean): void {
  if (!Number.isInteger(period) || period < 1) {
    throw new TwinError('SERIES_PERIOD', `The period must be a whole number of samples from 1 on, got ${period}`);
  }
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i]!)) continue;
    throw new TwinError('SERIES_GAPS', `Value ${i} is ${values[i]}: fill the gaps before the decomposition`);
  }
  if (values.length < 2 * period) {
    throw new TwinError(
      'SERIES_TOO_SHORT',
      `A period of ${period} samples needs two full seasons, ${2 * period} values, but there are ${values.length}`,
      { facts: { length: values.length, needed: 2 * period } },
    );
  }
  const low = positive ? values.findIndex((value) => value <= 0) : -1;
  if (low >= 0) {
    throw new TwinError(
      'SERIES_NOT_POSITIVE',
      `Value ${low} is ${values[low]}: a multiplicative decomposition and a logarithm need values above 0, use the additive one`,
    );
  }
}

function seasonalCycle(
  values: Float64Array,
  trend: Float64Array,
  period: number,
  multiplicative: boolean,
): Float64Array {
  const sums = new Float64Array(period);
  const counts = new Uint32Array(period);
  for (let i = 0, place = 0; i < values.length; i++, place = place + 1 === period ? 0 : place + 1) {
    const level = trend[i]!;
    if (Number.isNaN(level)) continue;
    sums[place]! += multiplicative ? values[i]! / level : values[i]! - level;
    counts[place]!++;
  }
  const means = sums.map((sum, place) => sum / counts[place]!);
  const centre = means.reduce((sum, value) => sum + value, 0) / period;
  return means.map((value) => (multiplicative ? value / centre : value - centre));
}

/** Carries the trend to the edges by a line through its nearest `points` values, as statsmodels does. */
function extrapolate(trend: Float64Array, points: number): void {
  const front = trend.findIndex((value) => !Number.isNaN(value));
  const back = trend.findLastIndex((value) => !Number.isNaN(value));
  const head = lineThrough(trend, front, Math.min(front + points, back));
  for (let i = 0; i < front; i++) trend[i] = evaluatePolynomial(head, i);
  // The last defined value itself is not part of the line, there as here.
  const tail = lineThrough(trend, Math.max(front, back - points), back);
  for (let i = back + 1; i < trend.length; i++) trend[i] = evaluatePolynomial(tail, i);
}

function lineThrough(trend: Float64Array, from: number, to: number) {
  const end = Math.max(to, from + 1);
  return linearRegression(
    Float64Array.from({ length: end - from }, (_, i) => from + i),
    trend.slice(from, end),
  );
}
