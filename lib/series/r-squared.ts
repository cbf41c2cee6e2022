/**
 * Coefficient of determination R² = 1 - Σ(actual - predicted)² / Σ(actual - mean)².
 *
 * 1 is perfect, 0 as good as the mean of `actual`, below 0 worse. For a constant `actual`: 1 when it is met to rounding
 * (relative 1e-12), else 0. `NaN` for fewer than two points. Reference: scikit-learn `r2_score`. Points where either
 * side is missing (`NaN`) are left out. Cost: two passes.
 *
 * @example
 * rSquared(Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 4)); // => 0.5
 */
export function rSquared(actual: Float64Array, predicted: Float64Array): number {
  let count = 0;
  let mean = 0;
  for (let i = 0; i < actual.length; i++) if (known(actual, predicted, i)) mean += (actual[i]! - mean) / ++count;
  if (count < 2) return NaN;
  let unexplained = 0;
  let total = 0;
  for (let i = 0; i < actual.length; i++) {
    if (!known(actual, predicted, i)) continue;
    unexplained += (actual[i]! - predicted[i]!) ** 2;
    total += (actual[i]! - mean) ** 2;
  }
  const rounding = count * (1e-12 * mean) ** 2;
  if (total <= rounding) return unexplained <= rounding ? 1 : 0;
  return 1 - unexplained / total;
}

function known(actual: Float64Array, predicted: Float64Array, i: number): boolean {
  return !Number.isNaN(actual[i]!) && !Number.isNaN(predicted[i]!);
}
