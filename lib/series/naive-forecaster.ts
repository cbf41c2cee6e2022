import { drift, driftSpread } from './drift';
import type { Forecaster } from './forecaster';
import { normalBounds } from './normal-bounds';
import { seasonalNaive, seasonalNaiveSpread } from './seasonal-naive';

/** The last season repeated, as a forecasting method; with period 1 the last value. Gaps: see `seasonalNaive`. */
export const seasonalNaiveForecaster: Forecaster = {
  minimum: (period) => period + 1,
  fit: ({ values, period }) => {
    const forecast = (times: Float64Array) => seasonalNaive(values, period, times.length);
    return {
      forecast,
      bounds: (times, level) => normalBounds(forecast(times), seasonalNaiveSpread(values, period, times.length), level),
      parameters: { period },
    };
  },
};

/** The line through the first and the last value, as a forecasting method. Gaps: see `drift`. */
export const driftForecaster: Forecaster = {
  minimum: () => 3,
  fit: ({ values }) => {
    const forecast = (times: Float64Array) => drift(values, times.length);
    return {
      forecast,
      bounds: (times, level) => normalBounds(forecast(times), driftSpread(values, times.length), level),
      parameters: { perStep: drift(values, 2)[1]! - drift(values, 1)[0]! },
    };
  },
};
