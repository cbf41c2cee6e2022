import { TwinError } from '../reading/twin-error';
import { classicalDecomposition, type Decomposition } from './classical-decomposition';
import { periodInSamples } from './period-in-samples';
import { prepareSeries } from './prepare-series';
import type { Series } from './series';
import type { SeriesWarning } from './series-warning';

export const DECOMPOSE_METHODS = ['additive', 'multiplicative'] as const;
export type DecomposeMethod = (typeof DECOMPOSE_METHODS)[number];

export interface DecomposeOptions {
  readonly method: DecomposeMethod;
  /** Season, see `periodInSamples`. */
  readonly period: string;
  /** Step of the series in ms; absent: taken from the readings. */
  readonly stepMs?: number;
  /** Decompose the natural logarithm of the values. */
  readonly log: boolean;
  /** Carry the trend to the edges by a line through its nearest values, instead of leaving half a season without. */
  readonly extrapolate: boolean;
}

export interface SeriesDecomposition extends Decomposition {
  readonly times: Float64Array;
  readonly model: {
    readonly method: DecomposeMethod;
    readonly log: boolean;
    readonly period: number;
    readonly stepMs: number;
    readonly name?: string;
    readonly unit?: string;
    readonly warnings: readonly SeriesWarning[];
  };
}

/**
 * Decomposition of a series into trend, season and remainder.
 *
 * The series is brought onto its grid first, gaps are filled (`prepareSeries`). With `log` all parts are on the logarithmic
 * scale. Errors: those of `prepareSeries` and `classicalDecomposition`; `SERIES_PERIOD` also without a period.
 *
 * @example
 * const options = { method: 'additive', period: '2', log: false, extrapolate: false };
 * decomposeSeries({ times: Float64Array.of(0, 1, 2, 3, 4, 5), values: Float64Array.of(1, 3, 3, 5, 5, 7) }, options).trend; // => Float64Array.of(NaN, 2.5, 3.5, 4.5, 5.5, NaN)
 */
export function decomposeSeries(series: Series, options: DecomposeOptions): SeriesDecomposition {
  const { method, log, extrapolate } = options;
  if (options.period.trim() === '')
    throw new TwinError(
      'SERIES_PERIOD',
      'A decomposition needs a period: set a number of samples or a duration such as 24h',
    );
  const { grid, filled, warnings } = prepareSeries(series, options.stepMs);
  const period = periodInSamples(options.period, grid.stepMs);
  const parts = classicalDecomposition(log ? logarithm(filled) : filled, {
    model: method,
    period,
    extrapolateTrend: extrapolate ? 'period' : 0,
  });
  return {
    ...parts,
    times: grid.times,
    model: {
      method,
      log,
      period,
      stepMs: grid.stepMs,
      ...(series.name === undefined ? {} : { name: series.name }),
      ...(series.unit === undefined ? {} : { unit: series.unit }),
      warnings,
    },
  };
}

function logarithm(values: Float64Array): Float64Array {
  const low = values.findIndex((value) => value <= 0);
  if (low >= 0)
    throw new TwinError('SERIES_NOT_POSITIVE', `Value ${low} is ${values[low]}: a logarithm needs values above 0`);
  return values.map(Math.log);
}
