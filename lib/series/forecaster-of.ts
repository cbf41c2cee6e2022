import type { Forecaster } from './forecaster';
import { driftForecaster, seasonalNaiveForecaster } from './naive-forecaster';
import { regressionForecaster } from './regression-forecaster';

/** The forecasting methods by name. */
export const FORECAST_METHODS = ['linear', 'polynomial', 'seasonal-naive', 'drift'] as const;
export type ForecastMethod = (typeof FORECAST_METHODS)[number];

/**
 * The method of a name. `degree` is that of the polynomial.
 *
 * @example
 * forecasterOf('polynomial', 2).minimum(1); // => 4
 */
export function forecasterOf(method: ForecastMethod, degree: number): Forecaster {
  switch (method) {
    case 'linear':
      return regressionForecaster(1);
    case 'polynomial':
      return regressionForecaster(degree);
    case 'seasonal-naive':
      return seasonalNaiveForecaster;
    case 'drift':
      return driftForecaster;
  }
}
