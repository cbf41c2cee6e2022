import { TwinError } from '../reading/twin-error';
import { boxCox, inverseBoxCox } from './box-cox';
import type { FittedForecaster, Forecaster } from './forecaster';
import type { TransformedState } from './forecaster-state';

/** Probability within one standard deviation of the normal distribution. */
const ONE_SIGMA = 0.6826894921370859;

/**
 * A method that learns and forecasts on the scale of `boxCox`; forecast and interval are brought back.
 *
 * Ends of the interval keep their probability on the way back, as the transformation only rises. The forecast is the
 * median of what may come, which errs least in absolute terms; with `mean` it is the mean, which errs not to one side
 * (bias adjustment: median × (1 + σ² (1 - lambda) / (2 (1 + lambda z)²)), σ that of the method on the transformed scale
 * z). Reference: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 5.6. Errors:
 * `SERIES_NOT_POSITIVE` a value of 0 or below. Cost: that of the method.
 *
 * @example
 * const filled = Float64Array.of(1, 2, 4, 8, 16);
 * const fitted = transformedForecaster(driftForecaster, { lambda: 0, mean: false }).fit({ times: filled, values: filled, filled, period: 1 });
 * Math.round(fitted.forecast(Float64Array.of(5))[0]); // => 32
 */
export function transformedForecaster(
  method: Forecaster,
  { lambda, mean }: { readonly lambda: number; readonly mean: boolean },
): Forecaster {
  return {
    minimum: (period) => method.minimum(period),
    fit: (training) => {
      const low = training.filled.findIndex((value) => value <= 0);
      if (low >= 0) {
        throw new TwinError(
          'SERIES_NOT_POSITIVE',
          `Value ${low} is ${training.filled[low]}: a logarithm or a Box-Cox transformation needs values above 0`,
        );
      }
      const fitted = method.fit({
        ...training,
        values: boxCox(training.values, lambda),
        filled: boxCox(training.filled, lambda),
      });
      return transformedBack({ kind: 'transformed', lambda, mean, on: fitted.state }, fitted);
    },
  };
}

/**
 * A method that works on the scale of `boxCox`, brought back. `fitted` is the method for `state.on`. A value of 0 or
 * below that comes is taken as missing.
 *
 * @example
 * const fitted = seasonalNaiveForecaster.fit({ times: Float64Array.of(0, 1), values: Float64Array.of(0, 0), filled: Float64Array.of(0, 0), period: 1 });
 * transformedBack({ kind: 'transformed', lambda: 0, mean: false, on: fitted.state }, fitted).forecast(Float64Array.of(2))[0]; // => 1
 */
export function transformedBack(state: TransformedState, fitted: FittedForecaster): FittedForecaster {
  const { lambda, mean } = state;
  const medians = (times: Float64Array) => inverseBoxCox(fitted.forecast(times), lambda);
  const means = (times: Float64Array) => {
    const centre = fitted.forecast(times);
    const { lower, upper } = fitted.bounds(times, ONE_SIGMA);
    return medians(times).map((median, i) => {
      const variance = ((upper[i]! - lower[i]!) / 2) ** 2;
      const adjusted = median * (1 + (variance * (1 - lambda)) / (2 * (1 + lambda * centre[i]!) ** 2));
      return Number.isFinite(adjusted) ? adjusted : median;
    });
  };
  return {
    forecast: mean ? means : medians,
    bounds: (times, level) => {
      const { lower, upper } = fitted.bounds(times, level);
      return { lower: inverseBoxCox(lower, lambda), upper: inverseBoxCox(upper, lambda) };
    },
    parameters: { ...fitted.parameters, lambda },
    state: { ...state, on: fitted.state },
    next: (value) => {
      const moved = fitted.next(value > 0 ? boxCox(Float64Array.of(value), lambda)[0]! : NaN);
      return transformedBack({ ...state, on: moved.state }, moved);
    },
  };
}
