import type { FittedForecaster } from './forecaster';
import type { SeasonAddedState } from './forecaster-state';

/**
 * A method on the series without its season, with the last season added again to whatever it forecasts. The season
 * stays as it is while values come: it is learned anew by the next fit. `rest` is the method for `state.rest`. Cost:
 * that of it.
 *
 * @example
 * const rest = seasonalNaiveForecaster.fit({ times: Float64Array.of(0, 1), values: Float64Array.of(5, 5), filled: Float64Array.of(5, 5), period: 1 });
 * seasonAdded({ kind: 'season-added', season: [1, -1], rest: rest.state }, rest).forecast(Float64Array.of(2, 3)); // => Float64Array.of(6, 4)
 */
export function seasonAdded({ season }: SeasonAddedState, rest: FittedForecaster): FittedForecaster {
  const withSeason = (values: Float64Array) => values.map((value, i) => value + season[i % season.length]!);
  return {
    forecast: (times) => withSeason(rest.forecast(times)),
    bounds: (times, level) => {
      const { lower, upper } = rest.bounds(times, level);
      return { lower: withSeason(lower), upper: withSeason(upper) };
    },
    parameters: rest.parameters,
    state: { kind: 'season-added', season, rest: rest.state },
    next: (value) => {
      const moved = rest.next(value - season[0]!);
      return seasonAdded({ kind: 'season-added', season: rotated(season), rest: moved.state }, moved);
    },
  };
}

function rotated(season: readonly number[]): number[] {
  return [...season.slice(1), season[0]!];
}
