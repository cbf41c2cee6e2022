import { fourierTransform } from './fourier-transform';

/**
 * Autocorrelation of a series at the lags 0 … maxLag: Σ (y[t] - mean)(y[t+lag] - mean) / Σ (y[t] - mean)².
 *
 * Not adjusted for the number of pairs, so that it is a positive definite sequence. A constant series has none: all
 * `NaN`. Reference: statsmodels `acf(adjusted=False)`. Gap policy: none may be missing, a `NaN` spoils all. Cost: n ×
 * maxLag up to ten million products, above by Fourier transform in n log n. Accuracy: 1e-12.
 *
 * @example
 * autocorrelation(Float64Array.of(1, 2, 3, 4), 1); // => Float64Array.of(1, 0.25)
 */
export function autocorrelation(values: Float64Array, maxLag: number): Float64Array {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const centred = values.map((value) => value - mean);
  const lags = Math.min(maxLag, n - 1) + 1;
  const sums = n * lags > 1e7 ? transformedSums(centred, lags) : directSums(centred, lags);
  const variance = sums[0]!;
  const rounding = n * (1e-15 * mean) ** 2;
  return sums.map((sum) => (variance > rounding ? sum / variance : NaN));
}

function directSums(centred: Float64Array, lags: number): Float64Array {
  return Float64Array.from({ length: lags }, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < centred.length; i++) sum += centred[i]! * centred[i - lag]!;
    return sum;
  });
}

function transformedSums(centred: Float64Array, lags: number): Float64Array {
  const size = 2 ** Math.ceil(Math.log2(centred.length + lags));
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  re.set(centred);
  fourierTransform(re, im);
  for (let i = 0; i < size; i++) {
    re[i] = re[i]! ** 2 + im[i]! ** 2;
    im[i] = 0;
  }
  fourierTransform(re, im);
  return re.subarray(0, lags).map((value) => value / size);
}
