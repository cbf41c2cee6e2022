import { TwinError } from '../reading/twin-error';

/**
 * The points that have a value: what a regression can use of a series with gaps.
 *
 * Cost: one pass; the arrays themselves are returned when there is no gap.
 *
 * @example
 * knownPoints(Float64Array.of(0, 1, 2), Float64Array.of(5, NaN, 7)); // => { x: Float64Array.of(0, 2), y: Float64Array.of(5, 7) }
 */
export function knownPoints(x: Float64Array, y: Float64Array): { x: Float64Array; y: Float64Array } {
  if (!y.some((value) => Number.isNaN(value))) return { x, y };
  return { x: x.filter((_, i) => !Number.isNaN(y[i]!)), y: y.filter((value) => !Number.isNaN(value)) };
}

/**
 * Throws unless a regression can be made of the points: `SERIES_LENGTHS` x and y differ in length, `SERIES_EMPTY` no
 * point, `SERIES_GAPS` a missing or infinite value.
 *
 * @example
 * checkRegressionPoints(Float64Array.of(0), Float64Array.of(1)); // => undefined
 */
export function checkRegressionPoints(x: Float64Array, y: Float64Array): void {
  if (x.length !== y.length) throw new TwinError('SERIES_LENGTHS', `x has ${x.length} points but y has ${y.length}`);
  if (x.length === 0) throw new TwinError('SERIES_EMPTY', 'A regression needs at least one point');
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(y[i]!) && Number.isFinite(x[i]!)) continue;
    throw new TwinError(
      'SERIES_GAPS',
      `Point ${i} is (${x[i]}, ${y[i]}): leave points without a value out of the regression`,
    );
  }
}
