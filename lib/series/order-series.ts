import type { Series } from './series';

/** A series in the order of time, and what had to be mended to bring it there. */
export interface OrderedSeries {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** Points that were earlier than the one before them: late data, or a clock set back. */
  readonly backwards: number;
}

/**
 * Points in rising order of time; those with the same time keep their order (stable sort).
 *
 * Gap policy: missing values (`NaN`) stay. Cost: one pass when times already rise (the arrays are then returned as they
 * are), else n log n. The input is not changed.
 *
 * @example
 * orderSeries({ times: Float64Array.of(2, 1), values: Float64Array.of(20, 10) }); // => { times: Float64Array.of(1, 2), values: Float64Array.of(10, 20), backwards: 1 }
 */
export function orderSeries({ times, values }: Series): OrderedSeries {
  let backwards = 0;
  for (let i = 1; i < times.length; i++) if (times[i]! < times[i - 1]!) backwards++;
  if (backwards === 0) return { times, values, backwards };
  const order = Uint32Array.from(times, (_, i) => i).sort((a, b) => times[a]! - times[b]! || a - b);
  return {
    times: Float64Array.from(order, (i) => times[i]!),
    values: Float64Array.from(order, (i) => values[i]!),
    backwards,
  };
}
