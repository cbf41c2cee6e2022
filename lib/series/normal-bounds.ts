import type { Bounds } from './forecaster';
import { normalQuantile } from './normal-quantile';

/**
 * Interval of normally distributed errors: values ± z × spread, z the normal quantile of (1 + level) / 2.
 *
 * Domain: 0 < level < 1; `NaN` where the spread is.
 *
 * @example
 * normalBounds(Float64Array.of(10), Float64Array.of(2), 0.95).upper; // => Float64Array.of(10 + 2 * 1.959963984540054)
 */
export function normalBounds(values: Float64Array, spread: Float64Array, level: number): Bounds {
  const z = normalQuantile((1 + level) / 2);
  return {
    lower: values.map((value, i) => value - z * spread[i]!),
    upper: values.map((value, i) => value + z * spread[i]!),
  };
}
