import { TwinError } from '../reading/twin-error';
import { anomalies, type Anomaly } from './anomalies';
import { classicalDecomposition, type Decomposition } from './classical-decomposition';
import { levelChanges, type LevelChange } from './level-changes';
import { mstl } from './mstl';
import { detectPeriod } from './period-detection';
import { periodInSamples } from './period-in-samples';
import { prepareSeries, type PreparedSeries } from './prepare-series';
import type { Series } from './series';
import type { SeriesWarning } from './series-warning';
import { stl } from './stl';

export type DecomposeMethod = 'additive' | 'multiplicative' | 'stl' | 'mstl';

export interface DecomposeOptions {
  readonly method: DecomposeMethod;
  /** Season, see `periodInSamples`, or `auto` (`detectPeriod`); with `mstl` several, separated by commas. */
  readonly period: string;
  /** Step of the series in ms; absent: taken from the readings. */
  readonly stepMs?: number;
  /** Decompose the natural logarithm of the values. */
  readonly log: boolean;
  /**
   * Classical: carry the trend to the edges by a line through its nearest values, instead of leaving half a season
   * without.
   */
  readonly extrapolate: boolean;
  /** STL and MSTL: outliers get less weight. */
  readonly robust: boolean;
  /** Robust standard deviations from which on a value is an anomaly; absent: none are looked for. */
  readonly anomaliesFrom?: number;
  /** Look for changes of level (`levelChanges`) in what is left without the season. */
  readonly levelChanges?: boolean;
}

export interface SeriesDecomposition extends Decomposition {
  readonly times: Float64Array;
  /** With several seasons: each one, `seasonal` is their sum. */
  readonly seasonals: readonly { readonly period: number; readonly values: Float64Array }[];
  readonly anomalies: readonly Anomaly[];
  readonly levelChanges: readonly LevelChange[];
  readonly model: {
    readonly method: DecomposeMethod;
    readonly log: boolean;
    readonly robust: boolean;
    /** Samples of the season; of several the shortest. */
    readonly period: number;
    readonly periods: readonly number[];
    readonly stepMs: number;
    readonly name?: string;
    readonly unit?: string;
    readonly warnings: readonly SeriesWarning[];
  };
}

/** Seasons over which STL lets the season change. */
const STL_SEASONS = 7;

/**
 * Decomposition of a series into trend, season and remainder.
 *
 * The series is brought onto its grid first, gaps are filled (`prepareSeries`). STL's season may change once there are
 * seven of them. With `log` all parts and anomalies are on the logarithmic scale. Errors: those of `prepareSeries` and
 * of the method; `SERIES_PERIOD` without a period, `SERIES_NO_SEASON` when none was found.
 *
 * @example
 * const options = { method: 'additive', period: '2', log: false, extrapolate: false, robust: false };
 * decomposeSeries({ times: Float64Array.of(0, 1, 2, 3, 4, 5), values: Float64Array.of(1, 3, 3, 5, 5, 7) }, options).trend; // => Float64Array.of(NaN, 2.5, 3.5, 4.5, 5.5, NaN)
 */
export function decomposeSeries(series: Series, options: DecomposeOptions): SeriesDecomposition {
  const { method, log, anomaliesFrom } = options;
  const prepared = prepareSeries(series, options.stepMs);
  const { grid, warnings } = prepared;
  const periods = periodsOf(prepared, options);
  const period = periods[0]!;
  const filled = log ? logarithm(prepared.filled) : prepared.filled;
  const { seasonals, ...parts } = decompose(filled, periods, options);
  const known = log ? grid.values.map(Math.log) : grid.values;
  return {
    ...parts,
    seasonals,
    times: grid.times,
    anomalies: anomaliesFrom === undefined ? [] : anomalies(known, filled, period, anomaliesFrom),
    levelChanges: options.levelChanges ? changesOf(parts, period, method) : [],
    model: {
      method,
      log,
      robust: options.robust,
      period,
      periods: seasonals.length > 0 ? seasonals.map((season) => season.period) : periods,
      stepMs: grid.stepMs,
      ...(series.name === undefined ? {} : { name: series.name }),
      ...(series.unit === undefined ? {} : { unit: series.unit }),
      warnings,
    },
  };
}

function changesOf({ observed, seasonal }: Decomposition, period: number, method: DecomposeMethod): LevelChange[] {
  const level = observed.map((value, i) => (method === 'multiplicative' ? value / seasonal[i]! : value - seasonal[i]!));
  return levelChanges(level, { period });
}

function decompose(
  values: Float64Array,
  periods: readonly number[],
  { method, extrapolate, robust }: DecomposeOptions,
) {
  const period = periods[0]!;
  switch (method) {
    case 'additive':
    case 'multiplicative':
      return {
        ...classicalDecomposition(values, { model: method, period, extrapolateTrend: extrapolate ? 'period' : 0 }),
        seasonals: [],
      };
    case 'stl': {
      // Fewer seasons than its window cannot tell a change of the season from noise: a robust fit would run through the
      // values.
      const season = values.length / period < STL_SEASONS ? ({ seasonal: 'periodic' } as const) : {};
      const { observed, trend, seasonal, resid } = stl(values, { period, robust, ...season });
      return { observed, trend, seasonal, resid, seasonals: [] };
    }
    case 'mstl': {
      const { observed, trend, resid, ...found } = mstl(values, { periods, robust });
      const seasonals = found.seasonals.map((season, k) => ({ period: found.periods[k]!, values: season }));
      const seasonal = values.map((_, i) => seasonals.reduce((sum, season) => sum + season.values[i]!, 0));
      return { observed, trend, seasonal, resid, seasonals };
    }
  }
}

function periodsOf({ grid, filled }: PreparedSeries, { period, method }: DecomposeOptions): number[] {
  const texts = period.split(',').map((text) => text.trim());
  if (texts[0] === '')
    throw new TwinError(
      'SERIES_PERIOD',
      'A decomposition needs a season: set a number of samples, a duration such as 24h, or auto',
    );
  if (texts.length > 1 && method !== 'mstl') {
    throw new TwinError(
      'SERIES_PERIOD',
      `The method ${method} takes one season, got "${period}": use MSTL for several`,
    );
  }
  const periods = texts.map((text) => {
    if (text !== 'auto') return periodInSamples(text, grid.stepMs);
    const found = detectPeriod(filled);
    if (found) return found.period;
    throw new TwinError(
      'SERIES_NO_SEASON',
      `No season was found in ${filled.length} values: set it, or send more than three seasons`,
    );
  });
  return [...new Set(periods)].sort((a, b) => a - b);
}

function logarithm(values: Float64Array): Float64Array {
  const low = values.findIndex((value) => value <= 0);
  if (low >= 0)
    throw new TwinError('SERIES_NOT_POSITIVE', `Value ${low} is ${values[low]}: a logarithm needs values above 0`);
  return values.map(Math.log);
}
