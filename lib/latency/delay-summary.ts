import { quantile } from './quantile';

/** A sample of delays as a box plot draws it; all values in milliseconds. */
export interface DelaySummary {
  readonly count: number;
  readonly min: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
  readonly mean: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  /** The smallest value that is no outlier. */
  readonly lowerWhisker: number;
  /** The largest value that is no outlier. */
  readonly upperWhisker: number;
  /** How many values lie beyond the whiskers. */
  readonly outlierCount: number;
  /** The values beyond the whiskers in rising order; of more than `maxOutliers` the most extreme ones. */
  readonly outliers: readonly number[];
  /** How many values are below 0: clocks that disagree. */
  readonly negativeCount: number;
}

/** The figures of a summary that have an error of their own. */
export const QUANTILES = ['min', 'q1', 'median', 'q3', 'max', 'mean', 'p90', 'p95', 'p99'] as const;
/** The largest error of each figure of a summary, in milliseconds. */
export type QuantileErrors = Readonly<Record<(typeof QUANTILES)[number], number>>;

/** How far the whiskers of a box plot reach beyond the quartiles at most, in interquartile ranges. */
export const WHISKER_IQR = 1.5;
export const DEFAULT_MAX_OUTLIERS = 100;

/**
 * Box plot of a sample after Tukey (Exploratory Data Analysis, 1977): the whiskers end at the most extreme values
 * within 1.5 interquartile ranges of the quartiles, everything beyond is an outlier. Quantiles by definition 7.
 *
 * @param sorted delays in rising order, at least one, none of them NaN
 * @throws RangeError for an empty sample
 */
export function delaySummary(sorted: Float64Array, maxOutliers = DEFAULT_MAX_OUTLIERS): DelaySummary {
  const count = sorted.length;
  const q1 = quantile(sorted, 0.25);
  const q3 = quantile(sorted, 0.75);
  const reach = WHISKER_IQR * (q3 - q1);
  const first = firstAtLeast(sorted, q1 - reach);
  const last = firstAbove(sorted, q3 + reach) - 1;
  const outlierCount = first + (count - 1 - last);
  let sum = 0;
  for (const value of sorted) sum += value;
  return {
    count,
    min: sorted[0] as number,
    q1,
    median: quantile(sorted, 0.5),
    q3,
    max: sorted[count - 1] as number,
    mean: sum / count,
    p90: quantile(sorted, 0.9),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    lowerWhisker: sorted[first] as number,
    upperWhisker: sorted[last] as number,
    outlierCount,
    outliers: mostExtreme(sorted, first, last, Math.min(outlierCount, maxOutliers)),
    negativeCount: firstAtLeast(sorted, 0),
  };
}

/** Takes from both ends, one at a time, the value that lies further outside the box. */
function mostExtreme(sorted: Float64Array, first: number, last: number, wanted: number): number[] {
  let low = 0;
  let high = sorted.length - 1;
  while (low + (sorted.length - 1 - high) < wanted) {
    const below = low < first ? (sorted[first] as number) - (sorted[low] as number) : -1;
    const above = high > last ? (sorted[high] as number) - (sorted[last] as number) : -1;
    if (below > above) low += 1;
    else high -= 1;
  }
  return [...sorted.subarray(0, low), ...sorted.subarray(high + 1)];
}

function firstAtLeast(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function firstAbove(sorted: Float64Array, limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
