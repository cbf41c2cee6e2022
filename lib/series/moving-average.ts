/**
 * Sums of each run of `width` neighbours: result[i] = values[i] + … + values[i + width - 1].
 *
 * Sums within blocks from both ends (van Herk and Gil, for sums) only ever add what is in the window: a spike leaves no
 * rounding behind it, as a running sum does. Gap policy: a `NaN` spoils the sums that contain it, and no others.
 * Domain: 1 <= width; the result has n - width + 1 values, none when width > n. Cost: linear, whatever the width.
 *
 * @example
 * movingSums(Float64Array.of(1, 2, 3, 4), 3); // => Float64Array.of(6, 9)
 */
export function movingSums(values: Float64Array, width: number): Float64Array {
  const n = values.length;
  const sums = new Float64Array(Math.max(0, n - width + 1));
  const fromRight = new Float64Array(width);
  for (let start = 0; start < sums.length; start += width) {
    let right = 0;
    for (let i = width - 1; i >= 0; i--) {
      right += values[start + i]!;
      fromRight[i] = right;
    }
    const last = Math.min(width, sums.length - start);
    sums[start] = right;
    let left = 0;
    for (let i = 1; i < last; i++) {
      left += values[start + width + i - 1]!;
      sums[start + i] = fromRight[i]! + left;
    }
  }
  return sums;
}

/** Averages in one piece: 32 KB of sums. */
const PIECE = 4096;

/**
 * Moving average over one period, in which every season counts the same: plain for an odd period, with half weights at
 * both ends for an even one.
 *
 * `centred`: the average stands in the middle of its window, else at its end. Edges without a full window are `NaN`.
 * Reference: statsmodels `convolution_filter` with the default filter of `seasonal_decompose`. Cost: linear.
 *
 * @example
 * movingAverage(Float64Array.of(1, 2, 3, 4), 2, true); // => Float64Array.of(NaN, 2, 3, NaN)
 * movingAverage(Float64Array.of(1, 2, 3, 4), 3, false); // => Float64Array.of(NaN, NaN, 2, 3)
 */
export function movingAverage(values: Float64Array, period: number, centred: boolean): Float64Array {
  const even = period % 2 === 0;
  const width = even ? period + 1 : period;
  const average = new Float64Array(values.length);
  const shift = centred ? (width - 1) / 2 : width - 1;
  const count = Math.max(0, values.length - width + 1);
  average.fill(NaN, 0, shift);
  average.fill(NaN, Math.min(values.length, shift + count));
  // Piece by piece, so that the sums of a piece are still in the cache when they are divided.
  const piece = Math.max(PIECE, 2 * width);
  for (let start = 0; start < count; start += piece) {
    const length = Math.min(piece, count - start);
    const sums = movingSums(values.subarray(start, start + length + width - 1), period);
    const place = start + shift;
    // Half weights at both ends: the mean of the two plain windows of one period.
    if (even) for (let i = 0; i < length; i++) average[place + i] = (0.5 * sums[i]! + 0.5 * sums[i + 1]!) / period;
    else for (let i = 0; i < length; i++) average[place + i] = sums[i]! / period;
  }
  return average;
}
