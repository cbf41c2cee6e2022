/**
 * Mean of predicted minus actual (bias), in the unit of the values: above 0 the forecast is too high. Points where
 * either side is missing (`NaN`) are left out; `NaN` when none is left. Cost: one pass.
 *
 * @example
 * meanError(Float64Array.of(1, 2), Float64Array.of(2, 4)); // => 1.5
 */
export function meanError(actual: Float64Array, predicted: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    const error = predicted[i]! - actual[i]!;
    if (Number.isNaN(error)) continue;
    sum += error;
    count++;
  }
  return sum / count;
}
