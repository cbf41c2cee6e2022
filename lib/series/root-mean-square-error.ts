/**
 * Root of the mean squared error, in the unit of the values. Points where either side is missing (`NaN`) are left out;
 * `NaN` when none is left. Cost: one pass.
 *
 * @example
 * rootMeanSquareError(Float64Array.of(0, 0), Float64Array.of(3, 4)); // => Math.sqrt(12.5)
 */
export function rootMeanSquareError(actual: Float64Array, predicted: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    const square = (actual[i]! - predicted[i]!) ** 2;
    if (Number.isNaN(square)) continue;
    sum += square;
    count++;
  }
  return Math.sqrt(sum / count);
}
