/**
 * The k-th smallest value of an array (k from 0), which is reordered in place: what lies before position k is not
 * larger.
 *
 * Domain: 0 <= k < n, no `NaN`. Reference: Hoare's algorithm FIND (1961) with the median of three as pivot. Cost:
 * linear on average.
 *
 * @example
 * quickselect(Float64Array.of(5, 1, 4, 2, 3), 2); // => 3
 */
export function quickselect(values: Float64Array, k: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = medianOfThree(values[left]!, values[(left + right) >> 1]!, values[right]!);
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swapped = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swapped;
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else break;
  }
  return values[k]!;
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/**
 * Median of a sample; the mean of the two middle ones for an even number.
 *
 * Missing values (`NaN`) are left out; `NaN` when nothing is left. Cost: linear, one copy.
 *
 * @example
 * median(Float64Array.of(4, 1, NaN, 3, 2)); // => 2.5
 */
export function median(sample: Float64Array): number {
  const values = sample.filter((value) => !Number.isNaN(value));
  const n = values.length;
  if (n === 0) return NaN;
  const upper = quickselect(values, n >> 1);
  if (n % 2 === 1) return upper;
  // All below the middle are in front of it by now: the largest of them is the other middle one.
  return (upper + values.subarray(0, n >> 1).reduce((most, value) => Math.max(most, value), -Infinity)) / 2;
}
