import { median } from './quickselect';

/**
 * Bisquare weights of residuals: (1 - (r / 6 MAD)²)², 0 beyond six median absolute residuals.
 *
 * All 1 when more than half of the residuals are 0. Thresholds at 0.1 % and 99.9 % as in the STL of netlib. `into`
 * takes the result. Gap policy: none may be missing. Cost: linear.
 *
 * @example
 * bisquareWeights(Float64Array.of(1, -1, 1, 100), new Float64Array(4))[3]; // => 0
 */
export function bisquareWeights(residuals: Float64Array, into: Float64Array): Float64Array {
  const sizes = residuals.map(Math.abs);
  const limit = 6 * median(sizes);
  if (!(limit > 0)) return into.fill(1);
  for (let i = 0; i < sizes.length; i++) {
    const ratio = sizes[i]! / limit;
    const rest = 1 - ratio * ratio;
    into[i] = ratio <= 0.001 ? 1 : ratio <= 0.999 ? rest * rest : 0;
  }
  return into;
}
