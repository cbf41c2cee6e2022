/**
 * Quantile of a sample, by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996, the default
 * of R and NumPy).
 *
 * Domain: 0 <= p <= 1. Missing values (`NaN`) are left out; `NaN` when nothing is left. Cost: n log n, one copy.
 *
 * @example
 * quantile(Float64Array.of(4, 1, 3, 2), 0.5); // => 2.5
 * quantile(Float64Array.of(1, NaN, 3), 1); // => 3
 */
export function quantile(sample: Float64Array, p: number): number {
  return quantileSorted(sample.filter((value) => !Number.isNaN(value)).sort(), p);
}

/**
 * The same for a sample that is sorted already and has no gaps. Cost: constant.
 *
 * @example
 * quantileSorted(Float64Array.of(1, 2, 3, 4), 0.25); // => 1.75
 */
export function quantileSorted(sorted: Float64Array, p: number): number {
  if (sorted.length === 0) return NaN;
  const position = p * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (position - below) * (high - low);
}
