import { median } from './quickselect';

/** 1 / Φ⁻¹(3/4): the median absolute deviation of a normal distribution times this is its standard deviation. */
export const NORMAL_MAD_SCALE = 1.482602218505602;

/** Middle and spread of a sample. */
export interface RobustSpread {
  readonly median: number;
  /** Median absolute deviation from the median, not scaled. */
  readonly mad: number;
  /** Standard deviation, were the sample normal: 1.4826 mad. */
  readonly sigma: number;
}

/**
 * Median and scaled median absolute deviation, which half of the values would have to be outliers to spoil; a value's
 * distance from the one in units of the other is its modified z-score.
 *
 * Reference: Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993). The spread is 0 when more than half of the
 * values are equal. Gap policy: `NaN` is left out; `NaN` for no value at all. Cost: linear.
 *
 * @example
 * robustSpread(Float64Array.of(1, 2, 3, 4, 100)).mad; // => 1
 */
export function robustSpread(values: Float64Array): RobustSpread {
  const middle = median(values);
  const mad = median(values.map((value) => Math.abs(value - middle)));
  return { median: middle, mad, sigma: NORMAL_MAD_SCALE * mad };
}
