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
 * Classical decomposition by moving averages: the trend is the average over one period, the season the mean of what is
 * left for each place in the period (adjusted to mean 0, or 1), the remainder the rest.
 *
 * Reference: statsmodels `seasonal_decompose` (`'period'` is its `extrapolate_trend='freq'`). The same season every
 * time, and edges without trend of half a period unless extrapolated; one spike moves both: STL is the better choice
 * there. Gap policy: none may be missing, fill them first. Cost: linear. Accuracy: relative 1e-13 against statsmodels.
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
  const seasonal = repeated(cycle, values.length);
  const resid = new Float64Array(values.length);
  if (multiplicative) for (let i = 0; i < resid.length; i++) resid[i] = values[i]! / trend[i]! / seasonal[i]!;
  else for (let i = 0; i < resid.length; i++) resid[i] = values[i]! - trend[i]! - seasonal[i]!;
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
  const { from, to } = definedPart(trend);
  const sums = new Float64Array(period);
  // Season by season: the inner loop has no branch, which is what makes a million values quick.
  for (let season = from - (from % period); season < to; season += period) {
    const first = Math.max(from - season, 0);
    const last = Math.min(period, to - season);
    if (multiplicative)
      for (let place = first; place < last; place++) sums[place]! += values[season + place]! / trend[season + place]!;
    else
      for (let place = first; place < last; place++) sums[place]! += values[season + place]! - trend[season + place]!;
  }
  const before = (end: number, place: number): number => Math.floor((end - 1 - place) / period) + 1;
  const means = sums.map((sum, place) => sum / (before(to, place) - before(from, place)));
  const centre = means.reduce((sum, value) => sum + value, 0) / period;
  return means.map((value) => (multiplicative ? value / centre : value - centre));
}

/** The cycle again and again: what is there is copied behind itself, twice as much each time. */
function repeated(cycle: Float64Array, length: number): Float64Array {
  const all = new Float64Array(length);
  all.set(cycle.subarray(0, Math.min(cycle.length, length)));
  for (let filled = cycle.length; filled < length; filled *= 2)
    all.copyWithin(filled, 0, Math.min(filled, length - filled));
  return all;
}

/** A moving average is undefined at its edges only. */
function definedPart(trend: Float64Array): { from: number; to: number } {
  const from = trend.findIndex((value) => !Number.isNaN(value));
  return { from: Math.max(0, from), to: trend.findLastIndex((value) => !Number.isNaN(value)) + 1 };
}

/** Carries the trend to the edges by a line through its nearest `points` values, as statsmodels does. */
function extrapolate(trend: Float64Array, points: number): void {
  const { from: front, to } = definedPart(trend);
  const back = to - 1;
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
