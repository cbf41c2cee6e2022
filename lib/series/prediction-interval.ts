import { evaluatePolynomial, leverage, type PolynomialFit } from './polynomial-fit';
import { studentTQuantile } from './student-t-quantile';

/** A predicted value with its interval. */
export interface PredictedValue {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Prediction interval of a least-squares polynomial: value ± t σ sqrt(1 + leverage), t the quantile of Student's
 * distribution with n - degree - 1 degrees of freedom.
 *
 * It holds where the residuals are independent, normal and of one variance, and the polynomial goes on outside of the
 * fit: time series seldom do that, so calibrate by a back-test where it matters. Bounds are `NaN` without a degree of
 * freedom. Reference: statsmodels `OLS.get_prediction(…).summary_frame()`, `obs_ci`. Domain: 0 < level < 1.
 *
 * @example
 * predictionInterval(linearRegression(Float64Array.of(0, 1, 2), Float64Array.of(1, 2, 4)), 3, 0.95).value; // => 16 / 3
 */
export function predictionInterval(fit: PolynomialFit, x: number, level: number): PredictedValue {
  return interval(fit, x, level, 1);
}

/**
 * Confidence interval of the polynomial itself (of the mean, not of a single value): value ± t σ sqrt(leverage).
 *
 * @example
 * meanInterval(linearRegression(Float64Array.of(0, 1, 2), Float64Array.of(1, 2, 4)), 3, 0.95).value; // => 16 / 3
 */
export function meanInterval(fit: PolynomialFit, x: number, level: number): PredictedValue {
  return interval(fit, x, level, 0);
}

function interval(fit: PolynomialFit, x: number, level: number, own: number): PredictedValue {
  const value = evaluatePolynomial(fit, x);
  const degreesOfFreedom = fit.points - fit.coefficients.length;
  const variance = fit.residualSquares / degreesOfFreedom;
  const half = studentTQuantile((1 + level) / 2, degreesOfFreedom) * Math.sqrt(variance * (own + leverage(fit, x)));
  return { value, lower: value - half, upper: value + half };
}
