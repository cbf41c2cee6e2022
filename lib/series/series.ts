/**
 * A series of measured values over time, as the functions of this folder take it.
 *
 * `times` are epoch milliseconds (UTC); `values` are in `unit`, with `NaN` where a value is missing. Both arrays have
 * the same length; nothing says that times rise or are evenly spaced: `regularSeries` brings them there.
 */
export interface Series {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly name?: string;
  readonly unit?: string;
}

/** The same as `msg.payload` of a message: plain arrays, `null` where a value is missing. */
export interface SeriesMessage {
  times: number[];
  values: (number | null)[];
  name?: string;
  unit?: string;
}

/**
 * Message form of a series: typed arrays to plain ones, `NaN` to `null`.
 *
 * Cost: one pass. The series is not changed.
 *
 * @example
 * seriesMessage({ times: Float64Array.of(0, 1000), values: Float64Array.of(20.5, NaN), unit: '°C' }); // => { times: [0, 1000], values: [20.5, null], unit: '°C' }
 */
export function seriesMessage(series: Series): SeriesMessage {
  const { times, values, name, unit } = series;
  return {
    times: Array.from(times),
    values: Array.from(values, (value) => (Number.isNaN(value) ? null : value)),
    ...(name === undefined ? {} : { name }),
    ...(unit === undefined ? {} : { unit }),
  };
}
