import { drift, driftSpread } from './drift';
import type { FittedForecaster, Forecaster } from './forecaster';
import type { DriftState, SeasonalNaiveState } from './forecaster-state';
import { normalBounds } from './normal-bounds';
import { seasonalNaive, seasonalNaiveSpread } from './seasonal-naive';

/** The last season repeated, as a forecasting method; with period 1 the last value. Gaps: see `seasonalNaive`. */
export const seasonalNaiveForecaster: Forecaster = {
  minimum: (period) => period + 1,
  fit: ({ values, period }) =>
    resumeSeasonalNaive({
      kind: 'seasonal-naive',
      season: Array.from(seasonalNaive(values, period, period)),
      oneSeason: seasonalNaiveSpread(values, period, 1)[0]!,
    }),
};

/**
 * The seasonal naive forecast from its state.
 *
 * @example
 * resumeSeasonalNaive({ kind: 'seasonal-naive', season: [1, 2], oneSeason: 0 }).next(5).forecast(Float64Array.of(0, 1)); // => Float64Array.of(2, 5)
 */
export function resumeSeasonalNaive(state: SeasonalNaiveState): FittedForecaster {
  const { season, oneSeason } = state;
  const period = season.length;
  const forecast = (times: Float64Array) => times.map((_, i) => season[i % period]!);
  return {
    forecast,
    bounds: (times, level) => {
      const spread = times.map((_, i) => oneSeason * Math.sqrt(Math.floor(i / period) + 1));
      return normalBounds(forecast(times), spread, level);
    },
    parameters: { period },
    state,
    next: (value) =>
      resumeSeasonalNaive({ ...state, season: [...season.slice(1), Number.isNaN(value) ? season[0]! : value] }),
  };
}

/** The line through the first and the last value, as a forecasting method. Gaps: see `drift`. */
export const driftForecaster: Forecaster = {
  minimum: () => 3,
  fit: ({ values }) => {
    const last = values.findLastIndex((value) => !Number.isNaN(value));
    const first = values.findIndex((value) => !Number.isNaN(value));
    const [one, two] = drift(values, 2);
    return resumeDrift({
      kind: 'drift',
      last: values[last]!,
      pace: two! - one!,
      sigma: sigmaOf(values, values.length - 1 - last, last - first + 1),
      length: last - first + 1,
      lag: values.length - 1 - last,
    });
  },
};

/** Spread of one step, from that of the next one. */
function sigmaOf(values: Float64Array, lag: number, length: number): number {
  const ahead = lag + 1;
  return driftSpread(values, 1)[0]! / Math.sqrt(ahead * (1 + ahead / (length - 1)));
}

/**
 * The drift method from its state.
 *
 * @example
 * resumeDrift({ kind: 'drift', last: 4, pace: 1, sigma: 0, length: 5, lag: 0 }).next(6).forecast(Float64Array.of(0))[0]; // => 7.2
 */
export function resumeDrift(state: DriftState): FittedForecaster {
  const { last, pace, sigma, length, lag } = state;
  const forecast = (times: Float64Array) => times.map((_, i) => last + pace * (lag + i + 1));
  return {
    forecast,
    bounds: (times, level) => {
      const spread = times.map((_, i) => {
        const ahead = lag + i + 1;
        return sigma * Math.sqrt(ahead * (1 + ahead / (length - 1)));
      });
      return normalBounds(forecast(times), spread, level);
    },
    parameters: { perStep: pace },
    state,
    next: (value) => {
      if (Number.isNaN(value)) return resumeDrift({ ...state, lag: lag + 1 });
      const steps = length + lag;
      const moved = (pace * (length - 1) + value - last) / steps;
      return resumeDrift({ ...state, last: value, pace: moved, length: steps + 1, lag: 0 });
    },
  };
}
