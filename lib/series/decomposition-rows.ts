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
  /** With several seasons `seasonal24`, `seasonal168` …: each one. */
  [season: string]: number | null;
}

/** A decomposition in arrays, as `msg.payload`. */
export interface DecompositionMessage {
  times: number[];
  observed: (number | null)[];
  trend: (number | null)[];
  seasonal: (number | null)[];
  resid: (number | null)[];
  /** With several seasons `seasonal24`, `seasonal168` …: each one. */
  [season: string]: (number | null)[];
}

/**
 * A decomposition as rows, one for each time: ready for a chart and to be written to a database.
 *
 * @example
 * const part = Float64Array.of(NaN);
 * decompositionRows({ times: Float64Array.of(5), observed: Float64Array.of(2), trend: part, seasonal: part, resid: part, seasonals: [] }); // => [{ time: 5, observed: 2, trend: null, seasonal: null, resid: null }]
 */
export function decompositionRows(decomposition: SeriesDecomposition): DecompositionRow[] {
  const { times, ...parts } = decompositionMessage(decomposition);
  return times.map((time, i) => {
    const row = { time } as DecompositionRow;
    for (const [name, values] of Object.entries(parts)) row[name] = values[i]!;
    return row;
  });
}

/**
 * A decomposition in plain arrays.
 *
 * @example
 * const part = Float64Array.of(NaN);
 * decompositionMessage({ times: Float64Array.of(5), observed: part, trend: part, seasonal: part, resid: part, seasonals: [] }).trend; // => [null]
 */
export function decompositionMessage({
  times,
  observed,
  trend,
  seasonal,
  resid,
  seasonals,
}: SeriesDecomposition): DecompositionMessage {
  const plain = (values: Float64Array) => plainValue(values) as (number | null)[];
  const each = seasonals.map(({ period, values }) => [`seasonal${period}`, plain(values)] as const);
  return {
    times: Array.from(times, Math.round),
    observed: plain(observed),
    trend: plain(trend),
    seasonal: plain(seasonal),
    resid: plain(resid),
    ...Object.fromEntries(each),
  };
}

/** An anomaly as a row. */
export interface AnomalyRow {
  /** Epoch ms. */
  time: number;
  value: number;
  expected: number;
  /** In robust standard deviations; `null` when the remainder has no spread. */
  score: number | null;
}

/**
 * The anomalies of a decomposition as rows.
 *
 * @example
 * anomalyRows({ times: Float64Array.of(5, 6), anomalies: [{ index: 1, value: 9, expected: 2, score: Infinity }] }); // => [{ time: 6, value: 9, expected: 2, score: null }]
 */
export function anomalyRows({ times, anomalies }: SeriesDecomposition): AnomalyRow[] {
  return anomalies.map(({ index, value, expected, score }) => ({
    time: Math.round(times[index]!),
    value,
    expected,
    score: Number.isFinite(score) ? score : null,
  }));
}
