import type { SeriesDecomposition } from './decompose-series';
import { plainValue } from './plain-value';

/** One time of a decomposition; `null` where a part is not defined. */
export interface DecompositionRow {
  /** Epoch ms. */
  time: number;
  observed: number | null;
  trend: number | null;
  seasonal: number | null;
  resid: number | null;
}

/** A decomposition in arrays, as `msg.payload`. */
export interface DecompositionMessage {
  times: number[];
  observed: (number | null)[];
  trend: (number | null)[];
  seasonal: (number | null)[];
  resid: (number | null)[];
}

/**
 * A decomposition as rows, one for each time: ready for a chart and to be written to a database.
 *
 * @example
 * const part = Float64Array.of(NaN);
 * decompositionRows({ times: Float64Array.of(5), observed: Float64Array.of(2), trend: part, seasonal: part, resid: part }); // => [{ time: 5, observed: 2, trend: null, seasonal: null, resid: null }]
 */
export function decompositionRows(decomposition: SeriesDecomposition): DecompositionRow[] {
  const { times, observed, trend, seasonal, resid } = decompositionMessage(decomposition);
  return times.map((time, i) => ({
    time,
    observed: observed[i]!,
    trend: trend[i]!,
    seasonal: seasonal[i]!,
    resid: resid[i]!,
  }));
}

/**
 * A decomposition in plain arrays.
 *
 * @example
 * const part = Float64Array.of(NaN);
 * decompositionMessage({ times: Float64Array.of(5), observed: part, trend: part, seasonal: part, resid: part }).trend; // => [null]
 */
export function decompositionMessage({
  times,
  observed,
  trend,
  seasonal,
  resid,
}: SeriesDecomposition): DecompositionMessage {
  const plain = (values: Float64Array) => plainValue(values) as (number | null)[];
  return {
    times: Array.from(times, Math.round),
    observed: plain(observed),
    trend: plain(trend),
    seasonal: plain(seasonal),
    resid: plain(resid),
  };
}
