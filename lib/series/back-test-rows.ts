import type { JudgedForecast } from './judged-forecast';

/** One step of an earlier forecast beside what came. */
export interface BackTestRow {
  /** Epoch ms. */
  time: number;
  value: number | null;
  forecast: number | null;
  lower: number | null;
  upper: number | null;
}

/** Rows of a picture: more than a screen has points. */
const MOST_ROWS = 1000;

/**
 * The latest earlier forecasts that do not overlap, as rows in the order of time, with the interval that a factor makes
 * of the method's own half-widths. At most 1,000 rows.
 *
 * @example
 * const halves = { below: Float64Array.of(1), above: Float64Array.of(1) };
 * backTestRows([{ times: Float64Array.of(5), actual: Float64Array.of(3), predicted: Float64Array.of(2), halves }], 2); // => [{ time: 5, value: 3, forecast: 2, lower: 0, upper: 4 }]
 */
export function backTestRows(forecasts: readonly JudgedForecast[], factor: number): BackTestRow[] {
  const chosen: JudgedForecast[] = [];
  let rows = 0;
  for (const forecast of [...forecasts].reverse()) {
    if (forecast.times.at(-1)! >= (chosen[0]?.times[0] ?? Infinity)) continue;
    rows += forecast.times.length;
    if (rows > MOST_ROWS) break;
    chosen.unshift(forecast);
  }
  return chosen.flatMap(({ times, actual, predicted, halves }) =>
    Array.from(times, (time, i) => ({
      time: Math.round(time),
      value: known(actual[i]!),
      forecast: known(predicted[i]!),
      lower: known(predicted[i]! - factor * halves.below[i]!),
      upper: known(predicted[i]! + factor * halves.above[i]!),
    })),
  );
}

function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
