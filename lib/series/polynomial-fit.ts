/**
 * A least-squares polynomial in the basis in which it was computed: p0 = 1, p1 = u - a0, p(k+1) = (u - a(k)) p(k) -
 * b(k) p(k-1), orthogonal over the points of the fit, where u = (x - centre) / scale. Plain data: it can be kept and
 * sent to a worker.
 */
export interface PolynomialFit {
  readonly centre: number;
  readonly scale: number;
  /** a and b of the recurrence; b(0) is not used. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Σ p(k)² over the points of the fit. */
  readonly norms: readonly number[];
  /** Weight of each p(k); its length - 1 is the degree that the points could carry. */
  readonly coefficients: readonly number[];
  /** Points of the fit, and their squared distance from the polynomial and from their mean. */
  readonly points: number;
  readonly residualSquares: number;
  readonly totalSquares: number;
}

/**
 * Value of the polynomial at x.
 *
 * Cost: linear in the degree. Far outside of the fit a polynomial of degree 2 and up runs away.
 *
 * @example
 * evaluatePolynomial(polynomialRegression(Float64Array.of(0, 1, 2), Float64Array.of(0, 1, 4), 2), 3); // => 9
 */
export function evaluatePolynomial(fit: PolynomialFit, x: number): number {
  let sum = 0;
  eachBasisValue(fit, x, (k, value) => {
    sum += fit.coefficients[k]! * value;
  });
  return sum;
}

/**
 * Leverage of x: the variance of the fitted value there, over the variance of a single value; Σ p(k)(x)² / norm(k).
 *
 * @example
 * leverage(polynomialRegression(Float64Array.of(0, 1, 2, 3), Float64Array.of(0, 1, 2, 3), 1), 1.5); // => 0.25
 */
export function leverage(fit: PolynomialFit, x: number): number {
  let sum = 0;
  eachBasisValue(fit, x, (k, value) => {
    sum += (value * value) / fit.norms[k]!;
  });
  return sum;
}

function eachBasisValue(fit: PolynomialFit, x: number, visit: (k: number, value: number) => void): void {
  const u = (x - fit.centre) / fit.scale;
  let previous = 0;
  let value = 1;
  for (let k = 0; k < fit.coefficients.length; k++) {
    visit(k, value);
    [previous, value] = [value, (u - (fit.a[k] ?? 0)) * value - (fit.b[k] ?? 0) * previous];
  }
}
