import { autoregressionForecaster } from './autoregression-forecaster';
import type { Forecaster } from './forecaster';
import { harmonicForecaster } from './harmonic-forecaster';
import { driftForecaster, seasonalNaiveForecaster } from './naive-forecaster';
import { regressionForecaster } from './regression-forecaster';
import { smoothingForecaster, type SeasonForm, type TrendForm } from './smoothing-forecaster';
import { stlForecaster } from './stl-forecaster';
import { thetaForecaster } from './theta-forecaster';

/** The forecasting methods by name. */
export type ForecastMethod =
  'linear' | 'polynomial' | 'seasonal-naive' | 'drift' | 'smoothing' | 'theta' | 'harmonics' | 'stl' | 'autoregression';

/** What some methods leave to the user. */
export interface MethodOptions {
  /** Degree of the polynomial. */
  readonly degree: number;
  /** Trend and season of the exponential smoothing. */
  readonly trend: TrendForm;
  readonly season: SeasonForm;
}

/**
 * The method of a name.
 *
 * @example
 * forecasterOf('polynomial', { degree: 2, trend: 'automatic', season: 'automatic' }).minimum(1); // => 4
 */
export function forecasterOf(method: ForecastMethod, { degree, trend, season }: MethodOptions): Forecaster {
  switch (method) {
    case 'linear':
      return regressionForecaster(1);
    case 'polynomial':
      return regressionForecaster(degree);
    case 'seasonal-naive':
      return seasonalNaiveForecaster;
    case 'drift':
      return driftForecaster;
    case 'smoothing':
      return smoothingForecaster(trend, season);
    case 'theta':
      return thetaForecaster;
    case 'harmonics':
      return harmonicForecaster;
    case 'stl':
      return stlForecaster;
    case 'autoregression':
      return autoregressionForecaster({ differences: true, season: true });
  }
}
