import type { SeriesForecast } from './forecast-series';

/** One step of a forecast; `lower80`, `upper80` … are there for each further level. */
export interface ForecastRow {
  /** Epoch ms. */
  time: number;
  value: number | null;
  lower: number | null;
  upper: number | null;
  [bound: string]: number | null;
}

/**
 * A forecast as rows, one for each step: ready for a chart and to be written to a database.
 *
 * `lower` and `upper` are the interval of the first level; those of further levels carry their per cent in the name.
 *
 * @example
 * const interval = { lower: Float64Array.of(1), upper: Float64Array.of(3) };
 * forecastRows({ times: Float64Array.of(5), values: Float64Array.of(2), intervals: [interval, interval], model: { levels: [0.95, 0.8] } }); // => [{ time: 5, value: 2, lower: 1, upper: 3, lower80: 1, upper80: 3 }]
 */
export function forecastRows({ times, values, intervals, model: { levels } }: SeriesForecast): ForecastRow[] {
  return Array.from(times, (time, i) => {
    const row: ForecastRow = { time: Math.round(time), value: plainNumber(values[i]), lower: null, upper: null };
    intervals.forEach(({ lower, upper }, k) => {
      const suffix = k === 0 ? '' : String(Math.round(levels[k]! * 1e4) / 100);
      row[`lower${suffix}`] = plainNumber(lower[i]);
      row[`upper${suffix}`] = plainNumber(upper[i]);
    });
    return row;
  });
}

function plainNumber(value = NaN): number | null {
  return Number.isFinite(value) ? value : null;
}
