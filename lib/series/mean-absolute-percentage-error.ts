/**
 * Mean absolute percentage error, MAPE = mean(100 |actual - predicted| / |actual|), in per cent.
 *
 * `Infinity` when a value is 0 and missed. Points where either side is missing (`NaN`) are left out; `NaN` when none is
 * left. Cost: one pass.
 *
 * @example
 * meanAbsolutePercentageError(Float64Array.of(2, 4), Float64Array.of(1, 5)); // => 37.5
 */
export function meanAbsolutePercentageError(actual: Float64Array, predicted: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs(actual[i]! - predicted[i]!);
    if (Number.isNaN(error)) continue;
    sum += error === 0 ? 0 : error / Math.abs(actual[i]!);
    count++;
  }
  return (100 * sum) / count;
}
