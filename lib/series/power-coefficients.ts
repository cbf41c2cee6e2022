import type { PolynomialFit } from './polynomial-fit';

/** A fitted polynomial in powers of x, lowest first. */
export interface PowerCoefficients {
  readonly coefficients: number[];
  /** Standard errors of the coefficients, in the same order; `NaN` without a degree of freedom. */
  readonly standardErrors: number[];
}

/**
 * A fit in powers of x (intercept, slope, …), for a person to read. On epoch milliseconds these lose digits: evaluate
 * the fit itself by `evaluatePolynomial`.
 *
 * Standard errors: square roots of the diagonal of σ² (XᵀX)⁻¹, σ² = residual squares over n - degree - 1.
 * Cost: degree³.
 *
 * @example
 * powerCoefficients(linearRegression(Float64Array.of(0, 1, 2), Float64Array.of(1, 3, 5))).coefficients; // => [1, 2]
 */
export function powerCoefficients(fit: PolynomialFit): PowerCoefficients {
  const terms = fit.coefficients.length;
  const variance = fit.residualSquares / (fit.points - terms);
  const coefficients = new Array<number>(terms).fill(0);
  const variances = new Array<number>(terms).fill(0);
  basisInPowers(fit).forEach((basis, k) => {
    basis.forEach((weight, power) => {
      coefficients[power]! += fit.coefficients[k]! * weight;
      variances[power]! += (weight * weight * variance) / fit.norms[k]!;
    });
  });
  return {
    coefficients,
    standardErrors: variances.map((value) => (fit.points > terms ? Math.sqrt(value) : NaN)),
  };
}

/** Each basis polynomial in powers of x: the recurrence carried out on coefficients. */
function basisInPowers({ centre, scale, a, b, coefficients }: PolynomialFit): number[][] {
  const bases: number[][] = [[1]];
  for (let k = 0; k + 1 < coefficients.length; k++) {
    const current = bases[k]!;
    const next = new Array<number>(k + 2).fill(0);
    current.forEach((weight, power) => {
      next[power + 1]! += weight / scale;
      next[power]! -= weight * (centre / scale + a[k]!);
    });
    bases[k - 1]?.forEach((weight, power) => {
      next[power]! -= b[k]! * weight;
    });
    bases.push(next);
  }
  return bases;
}
