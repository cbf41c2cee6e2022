/**
 * Mean absolute error, in the unit of the values. Points where either side is missing (`NaN`) are left out; `NaN` when
 * none is left. Cost: one pass.
 *
 * @example
 * meanAbsoluteError(Float64Array.of(1, 2, NaN), Float64Array.of(2, 2, 9)); // => 0.5
 */
export function meanAbsoluteError(actual: Float64Array, predicted: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs(actual[i]! - predicted[i]!);
    if (Number.isNaN(error)) continue;
    sum += error;
    count++;
  }
  return sum / count;
}
