import { meanAbsoluteError } from './mean-absolute-error';

/**
 * Mean absolute error of the seasonal naive forecast, one period ahead, within a series: mean |y[t] - y[t - period]|.
 * The yardstick of `meanAbsoluteScaledError`. Pairs with a missing value are left out; `NaN` when none is left.
 *
 * @example
 * naiveScale(Float64Array.of(1, 2, 4), 1); // => 1.5
 */
export function naiveScale(training: Float64Array, period: number): number {
  return meanAbsoluteError(training.subarray(period), training.subarray(0, Math.max(0, training.length - period)));
}

/**
 * Mean absolute scaled error (MASE): the mean absolute error of the forecast over that of the seasonal naive one within
 * the training part. Below 1 the forecast is better than repeating the last season, without unit and comparable between
 * series.
 *
 * `NaN` when the training part is constant or shorter than one period. Reference: Hyndman and Koehler, International
 * Journal of Forecasting 22 (2006). Cost: one pass over each.
 *
 * @example
 * meanAbsoluteScaledError(Float64Array.of(6), Float64Array.of(3), Float64Array.of(1, 2, 4), 1); // => 2
 */
export function meanAbsoluteScaledError(
  actual: Float64Array,
  predicted: Float64Array,
  training: Float64Array,
  period: number,
): number {
  const scale = naiveScale(training, period);
  return scale > 0 ? meanAbsoluteError(actual, predicted) / scale : NaN;
}
