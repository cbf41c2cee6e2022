import type { WeightedValue } from './delay-sketch';

/**
 * Sample quantile, definition 7 of Hyndman and Fan (see `quantile`), of values that are given with their counts: the
 * same as writing each value down `count` times.
 *
 * @param values in rising order, with counts that sum up to `count`, at least 1
 * @param p probability from 0 to 1
 * @param of what is interpolated at that place: the value itself, or something of it
 */
export function weightedQuantile(
  values: readonly WeightedValue[],
  count: number,
  p: number,
  of: (value: number) => number = (value) => value,
): number {
  const h = (count - 1) * p;
  const below = Math.floor(h);
  let seen = 0;
  for (let i = 0; i < values.length; i++) {
    const { value, count: here } = values[i] as WeightedValue;
    seen += here;
    if (seen <= below) continue;
    const next = seen > below + 1 ? value : (values[i + 1]?.value ?? value);
    return of(value) + (h - below) * (of(next) - of(value));
  }
  throw new RangeError('an empty sample has no quantile');
}
