import { resumeAutoregression } from './autoregression-forecaster';
import { combinedOf } from './combined-forecaster';
import type { FittedForecaster } from './forecaster';
import type { ForecasterState } from './forecaster-state';
import { resumeHarmonics } from './harmonic-forecaster';
import { resumeDrift, resumeSeasonalNaive } from './naive-forecaster';
import { resumePolynomial } from './regression-forecaster';
import { seasonAdded } from './season-added';
import { resumeSmoothing } from './smoothing-forecaster';
import { resumeTheta } from './theta-forecaster';
import { transformedBack } from './transformed-forecaster';

/**
 * A method that has learned, from its state: it forecasts as the one did whose state it was, and follows values by
 * `next`.
 *
 * @example
 * resumeForecaster({ kind: 'seasonal-naive', season: [1, 2], oneSeason: 0 }).forecast(Float64Array.of(0, 1, 2)); // => Float64Array.of(1, 2, 1)
 */
export function resumeForecaster(state: ForecasterState): FittedForecaster {
  switch (state.kind) {
    case 'seasonal-naive':
      return resumeSeasonalNaive(state);
    case 'drift':
      return resumeDrift(state);
    case 'polynomial':
      return resumePolynomial(state);
    case 'harmonics':
      return resumeHarmonics(state);
    case 'smoothing':
      return resumeSmoothing(state);
    case 'theta':
      return resumeTheta(state);
    case 'autoregression':
      return resumeAutoregression(state);
    case 'season-added':
      return seasonAdded(state, resumeForecaster(state.rest));
    case 'transformed':
      return transformedBack(state, resumeForecaster(state.on));
    case 'combined':
      return combinedOf(state.weights, state.members.map(resumeForecaster));
  }
}
