import { logGamma, stirlingRemainder } from './log-gamma';

/**
 * Logarithm of the beta function B(a, b) = Γ(a) Γ(b) / Γ(a + b).
 *
 * Domain: a, b > 0. Large arguments go by Stirling's series without the cancellation of three large logarithms.
 * Accuracy: relative 1e-14.
 *
 * @example
 * logBeta(2, 3); // => -Math.log(12)
 */
export function logBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  if (large < 10) return logGamma(a) + logGamma(b) - logGamma(a + b);
  const sum = small + large;
  const ratio = -(large - 0.5) * Math.log1p(small / large) - small * Math.log(sum) + small;
  return logGamma(small) + ratio + stirlingRemainder(large) - stirlingRemainder(sum);
}

/**
 * Regularised incomplete beta function I_x(a, b).
 *
 * Domain: a, b > 0, 0 <= x <= 1. Reference: continued fraction, Abramowitz and Stegun 26.5.8, by the modified Lentz
 * method. `complement` is 1 - x, for callers that know it better than the subtraction does. Accuracy: relative 1e-13
 * for a, b up to 1e6. Cost: about sqrt(max(a, b)) steps.
 *
 * @example
 * incompleteBeta(0.5, 2, 2); // => 0.5
 */
export function incompleteBeta(x: number, a: number, b: number, complement = 1 - x): number {
  if (x <= 0) return 0;
  if (complement <= 0) return 1;
  const front = Math.exp(a * logOf(x, complement) + b * logOf(complement, x) - logBeta(a, b));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(complement, b, a)) / b;
}

/** log x, from its complement when x is close to 1. */
function logOf(x: number, complement: number): number {
  return x < 0.5 ? Math.log(x) : Math.log1p(-complement);
}

function fraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let result = d;
  for (let m = 1; m <= 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    const change = d * c;
    result *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return result;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}
