/**
 * How many earlier forecasts the values that they were judged by are worth: the values, each counted once, over the
 * steps of a forecast. Forecasts from neighbouring origins are judged by nearly the same values and err together.
 *
 * `times`: those of each forecast, evenly spaced and the earliest forecast first. Not more than there are forecasts; 0
 * for none.
 *
 * @example
 * independentForecasts([Float64Array.of(1, 2), Float64Array.of(2, 3), Float64Array.of(3, 4)]); // => 2
 */
export function independentForecasts(times: readonly Float64Array[]): number {
  let [values, end, steps] = [0, -Infinity, 0];
  for (const own of times) {
    for (const time of own) if (time > end) values++;
    end = Math.max(end, own.at(-1) ?? end);
    steps = Math.max(steps, own.length);
  }
  return steps === 0 ? 0 : values / steps;
}

/**
 * Whether two forecasts were judged by some of the same values.
 *
 * @example
 * overlap(Float64Array.of(1, 2), Float64Array.of(2, 3)); // => true
 */
export function overlap(one: Float64Array, other: Float64Array): boolean {
  return one[0]! <= other.at(-1)! && other[0]! <= one.at(-1)!;
}
