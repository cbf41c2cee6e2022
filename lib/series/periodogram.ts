import { fourierTransform } from './fourier-transform';
import { evaluatePolynomial } from './polynomial-fit';
import { polynomialRegression } from './polynomial-regression';

/** Power at the frequencies k/n, k = 0 … n/2, in squared units of the values. */
export interface Periodogram {
  /** Cycles per sample. */
  readonly frequencies: Float64Array;
  readonly powers: Float64Array;
}

/**
 * Periodogram of a series after a straight line is taken out.
 *
 * Scaled so that a sine of amplitude A at one of the frequencies has power A²/2. Reference: SciPy
 * `periodogram(detrend='linear', scaling='spectrum')`. Gap policy: none may be missing. Cost: n log n.
 *
 * @example
 * periodogram(Float64Array.of(0, 1, 0, -1, 0, 1, 0, -1)).frequencies; // => Float64Array.of(0, 0.125, 0.25, 0.375, 0.5)
 */
export function periodogram(values: Float64Array): Periodogram {
  const n = values.length;
  const line = polynomialRegression(
    Float64Array.from(values, (_, i) => i),
    values,
    1,
  );
  const re = values.map((value, i) => value - evaluatePolynomial(line, i));
  const im = new Float64Array(n);
  fourierTransform(re, im);
  const bins = Math.floor(n / 2) + 1;
  return {
    frequencies: Float64Array.from({ length: bins }, (_, k) => k / n),
    powers: Float64Array.from({ length: bins }, (_, k) => {
      const twoSided = (re[k]! ** 2 + im[k]! ** 2) / (n * n);
      return k === 0 || 2 * k === n ? twoSided : 2 * twoSided;
    }),
  };
}
