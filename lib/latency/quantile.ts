/**
 * Sample quantile of sorted numbers: definition 7 of Hyndman and Fan (1996), the default of R, NumPy and spreadsheets.
 * With h = (n - 1) p it interpolates linearly between the values at floor(h) and floor(h) + 1, counted from 0.
 *
 * @param sorted numbers in rising order, at least one, none of them NaN
 * @param p probability from 0 (minimum) to 1 (maximum)
 * @throws RangeError for an empty sample or a p outside 0 to 1
 * @example quantile([1, 2, 3, 4], 0.25) // 1.75
 */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) throw new RangeError('an empty sample has no quantile');
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a probability lies between 0 and 1, got ${p}`);
  const h = (sorted.length - 1) * p;
  const below = Math.floor(h);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return h === below ? low : low + (h - below) * (high - low);
}
