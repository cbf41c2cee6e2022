import type { FittedForecaster, Forecaster } from './forecaster';
import type { PolynomialState } from './forecaster-state';
import { knownPoints } from './known-points';
import { linearRegression } from './linear-regression';
import { evaluatePolynomial } from './polynomial-fit';
import { polynomialRegression } from './polynomial-regression';
import { powerCoefficients } from './power-coefficients';
import { predictionInterval } from './prediction-interval';

/**
 * Regression on time as a forecasting method: a straight line, or a polynomial of the given degree.
 *
 * Gap policy: missing values are left out. Intervals: those of least squares, see `predictionInterval`. The
 * coefficients are in powers of the days since the first time of the training series.
 *
 * @example
 * const training = { times: Float64Array.of(0, 1, 2), values: Float64Array.of(1, 3, 5), filled: Float64Array.of(1, 3, 5), period: 1 };
 * regressionForecaster(1).fit(training).forecast(Float64Array.of(3, 4)); // => Float64Array.of(7, 9)
 */
export function regressionForecaster(degree: number): Forecaster {
  return {
    minimum: () => degree + 2,
    fit: ({ times, values }) => {
      const start = times[0]!;
      const { x, y } = knownPoints(times, values);
      const days = x.map((time) => (time - start) / 86_400_000);
      const fit = degree === 1 ? linearRegression(days, y) : polynomialRegression(days, y, degree);
      return resumePolynomial({ kind: 'polynomial', start, fit });
    },
  };
}

/**
 * A polynomial from its state. Values that come do not move it: it is learned anew by the next fit.
 *
 * @example
 * const fit = linearRegression(Float64Array.of(0, 1, 2), Float64Array.of(1, 2, 3));
 * resumePolynomial({ kind: 'polynomial', start: 0, fit }).forecast(Float64Array.of(86400000 * 3))[0]; // => 4
 */
export function resumePolynomial(state: PolynomialState): FittedForecaster {
  const { start, fit } = state;
  const inDays = (time: number) => (time - start) / 86_400_000;
  const own: FittedForecaster = {
    forecast: (ahead) => ahead.map((time) => evaluatePolynomial(fit, inDays(time))),
    bounds: (ahead, level) => {
      const intervals = Array.from(ahead, (time) => predictionInterval(fit, inDays(time), level));
      return {
        lower: Float64Array.from(intervals, ({ lower }) => lower),
        upper: Float64Array.from(intervals, ({ upper }) => upper),
      };
    },
    parameters: { coefficients: powerCoefficients(fit).coefficients },
    state,
    next: () => own,
  };
  return own;
}
