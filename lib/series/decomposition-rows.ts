import { setImmediate as otherWork } from 'node:timers/promises';
import type { SeriesDecomposition } from './decompose-series';
import { plainNumbers } from './plain-value';

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

/** Rows or values after which other work gets its turn: about a millisecond. */
const BETWEEN_TURNS = 20_000;

/**
 * A decomposition as rows, one for each time: ready for a chart and to be written to a database.
 *
 * Lets the event loop turn in between, as a million rows take a while. Cost: one object per row.
 *
 * @example
 * const part = Float64Array.of(NaN);
 * decompositionRows({ times: Float64Array.of(5), observed: part, trend: part, seasonal: part, resid: part, seasonals: [] }) instanceof Promise; // => true
 */
export async function decompositionRows(decomposition: SeriesDecomposition): Promise<DecompositionRow[]> {
  const { times, seasonals } = decomposition;
  const { observed, trend, seasonal, resid } = decomposition;
  const rows = new Array<DecompositionRow>(times.length);
  for (let i = 0; i < rows.length; i++) {
    const row: DecompositionRow = {
      time: Math.round(times[i]!),
      observed: known(observed[i]!),
      trend: known(trend[i]!),
      seasonal: known(seasonal[i]!),
      resid: known(resid[i]!),
    };
    for (const { period, values } of seasonals) row[`seasonal${period}`] = known(values[i]!);
    rows[i] = row;
    if (i % BETWEEN_TURNS === BETWEEN_TURNS - 1) await otherWork();
  }
  return rows;
}

/**
 * A decomposition in plain arrays. Lets the event loop turn between them.
 *
 * @example
 * const part = Float64Array.of(NaN);
 * decompositionMessage({ times: Float64Array.of(5), observed: part, trend: part, seasonal: part, resid: part, seasonals: [] }) instanceof Promise; // => true
 */
export async function decompositionMessage(decomposition: SeriesDecomposition): Promise<DecompositionMessage> {
  const { observed, trend, seasonal, resid, seasonals } = decomposition;
  const each = [
    ...Object.entries({ observed, trend, seasonal, resid }),
    ...seasonals.map(({ period, values }): [string, Float64Array] => [`seasonal${period}`, values]),
  ];
  const message: Record<string, (number | null)[]> = { times: plainNumbers(decomposition.times.map(Math.round)) };
  for (const [name, values] of each) {
    if (values.length > BETWEEN_TURNS) await otherWork();
    message[name] = plainNumbers(values);
  }
  return message as DecompositionMessage;
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
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

/** A change of level as a row. */
export interface LevelChangeRow {
  /** Epoch ms of the first value on the new level. */
  time: number;
  before: number;
  after: number;
  score: number;
}

/**
 * The changes of level of a decomposition as rows.
 *
 * @example
 * levelChangeRows({ times: Float64Array.of(5, 6), levelChanges: [{ index: 1, before: 2, after: 9, score: 8 }] }); // => [{ time: 6, before: 2, after: 9, score: 8 }]
 */
export function levelChangeRows({
  times,
  levelChanges,
}: Pick<SeriesDecomposition, 'times' | 'levelChanges'>): LevelChangeRow[] {
  return levelChanges.map(({ index, before, after, score }) => ({
    time: Math.round(times[index]!),
    before,
    after,
    score,
  }));
}
