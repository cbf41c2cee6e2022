import { median } from './quickselect';

/** 1 / Φ⁻¹(3/4): the median absolute deviation of a normal distribution times this is its standard deviation. */
export const NORMAL_MAD_SCALE = 1.482602218505602;

/** Middle and spread of a sample, and how far each value is from there. */
export interface RobustScores {
  readonly median: number;
  /** Median absolute deviation from the median, not scaled. */
  readonly mad: number;
  /** (value - median) / (1.4826 mad): in standard deviations, were it normal. */
  readonly scores: Float64Array;
}

/**
 * Modified z-scores: distance from the median in units of the scaled median absolute deviation, which half of the values would
 * have to be outliers to spoil.
 *
 * Reference: Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993). When the deviation is 0 (more than half of the
 * values are equal), equal values score 0 and all others infinity. Gap policy: `NaN` scores `NaN`. Cost: linear.
 *
 * @example
 * robustScores(Float64Array.of(1, 2, 3, 4, 100)).mad; // => 1
 */
export function robustScores(values: Float64Array): RobustScores {
  const middle = median(values);
  const mad = median(values.map((value) => Math.abs(value - middle)));
  const unit = NORMAL_MAD_SCALE * mad;
  return { median: middle, mad, scores: values.map((value) => (value === middle ? 0 : (value - middle) / unit)) };
}
