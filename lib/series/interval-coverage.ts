/**
 * Share of the values that fall within their intervals, 0 to 1; a 95 % interval that is right covers 0.95.
 *
 * Points where value or bound is missing (`NaN`) are left out; `NaN` when none is left. Cost: one pass.
 *
 * @example
 * intervalCoverage(Float64Array.of(1, 5), Float64Array.of(0, 0), Float64Array.of(2, 2)); // => 0.5
 */
export function intervalCoverage(actual: Float64Array, lower: Float64Array, upper: Float64Array): number {
  let inside = 0;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    if (Number.isNaN(actual[i]! + lower[i]! + upper[i]!)) continue;
    count++;
    if (actual[i]! >= lower[i]! && actual[i]! <= upper[i]!) inside++;
  }
  return inside / count;
}
