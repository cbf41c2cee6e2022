/**
 * Symmetric mean absolute percentage error, sMAPE = mean(200 |actual - predicted| / (|actual| + |predicted|)), in per
 * cent from 0 to 200; both 0 counts as 0. Reference: Makridakis, M3 competition (2000). Points where either side is
 * missing (`NaN`) are left out; `NaN` when none is left. Cost: one pass.
 *
 * @example
 * symmetricPercentageError(Float64Array.of(1, 0), Float64Array.of(3, 0)); // => 50
 */
export function symmetricPercentageError(actual: Float64Array, predicted: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs(actual[i]! - predicted[i]!);
    if (Number.isNaN(error)) continue;
    sum += error === 0 ? 0 : error / (Math.abs(actual[i]!) + Math.abs(predicted[i]!));
    count++;
  }
  return (200 * sum) / count;
}
