import { autoregressionForecaster } from './autoregression-forecaster';
import type { Forecaster } from './forecaster';
import { harmonicForecaster } from './harmonic-forecaster';
import { driftForecaster, seasonalNaiveForecaster } from './naive-forecaster';
import { smoothingForecaster } from './smoothing-forecaster';
import { stlForecaster } from './stl-forecaster';
import { thetaForecaster } from './theta-forecaster';

/** Above these, smoothing with a season has too many values or states to be tried many times. */
const LONGEST_SEASONAL_SMOOTHING = 5000;
const LONGEST_SMOOTHED_PERIOD = 400;

/** A method that `chooseMethod` may try. */
export interface Candidate {
  readonly name: string;
  /** Of those that differ in one detail only, the best one is taken: two of a kind would count twice. */
  readonly family: string;
  readonly forecaster: Forecaster;
  /** Costs little beside the others. */
  readonly quick: boolean;
}

/**
 * The methods that suit a series: seasonal naive, drift, Theta, seasonal regression, autoregressions, STL with
 * smoothing, exponential smoothing with every trend and season that the values allow; smoothing with a season only up
 * to 5,000 values and 400 samples of a season.
 *
 * @example
 * candidateMethods(Float64Array.of(1, 2, 3), 1).length; // => 9
 */
export function candidateMethods(values: Float64Array, period: number): Candidate[] {
  const quick = (name: string, forecaster: Forecaster): Candidate => ({ name, family: name, forecaster, quick: true });
  const slow = (name: string, forecaster: Forecaster, family = name): Candidate => ({
    ...{ name, family, forecaster, quick: false },
  });
  const always = [
    slow('seasonal-naive', seasonalNaiveForecaster),
    slow('drift', driftForecaster),
    quick('theta', thetaForecaster),
    quick('harmonics', harmonicForecaster),
    quick('autoregression-steps', autoregressionForecaster({ differences: true, season: false })),
    slow('autoregression', autoregressionForecaster({ differences: false, season: false })),
    slow('smoothing-simple', smoothingForecaster('none', 'none')),
    slow('smoothing-trend', smoothingForecaster('additive', 'none')),
    slow('smoothing-damped', smoothingForecaster('damped', 'none')),
  ];
  if (period < 2) return always;
  const withSeason = [
    ...always,
    quick('stl', stlForecaster),
    slow('stl-autoregression-steps', autoregressionForecaster({ differences: true, season: true })),
    slow('stl-autoregression', autoregressionForecaster({ differences: false, season: true })),
  ];
  if (values.length > LONGEST_SEASONAL_SMOOTHING || period > LONGEST_SMOOTHED_PERIOD) return withSeason;
  const seasonal = [
    ...withSeason,
    slow('smoothing-additive', smoothingForecaster('none', 'additive')),
    slow('smoothing-trend-additive', smoothingForecaster('additive', 'additive'), 'smoothing-trend-season'),
    slow('smoothing-damped-additive', smoothingForecaster('damped', 'additive'), 'smoothing-damped-season'),
  ];
  if (!values.every((value) => Number.isNaN(value) || value > 0)) return seasonal;
  return [
    ...seasonal,
    slow('smoothing-trend-multiplicative', smoothingForecaster('additive', 'multiplicative'), 'smoothing-trend-season'),
    slow('smoothing-damped-multiplicative', smoothingForecaster('damped', 'multiplicative'), 'smoothing-damped-season'),
  ];
}
