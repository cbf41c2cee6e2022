import { TwinError } from '../reading/twin-error';
import { stl, type StlOptions } from './stl';

export interface MstlOptions extends Omit<StlOptions, 'period' | 'seasonal'> {
  /** Samples of each season, in any order. */
  readonly periods: readonly number[];
  /** Seasons over which each one may change, odd; default 11, 15, 19 … from the shortest. */
  readonly windows?: readonly number[];
  /** Rounds over all seasons, default 2. */
  readonly iterate?: number;
}

export interface MstlDecomposition {
  readonly observed: Float64Array;
  readonly trend: Float64Array;
  /** One for each of `periods`. */
  readonly seasonals: readonly Float64Array[];
  /** The periods that were used, from the shortest: those of half the series and more are left out. */
  readonly periods: readonly number[];
  readonly resid: Float64Array;
}

/**
 * MSTL: decomposition with several seasons (day and week), by STL for one after the other on what the others leave.
 *
 * Reference: Bandara, Hyndman and Bergmeir, arXiv:2107.13462 (2021); statsmodels `MSTL`. Gap policy: none may be
 * missing. Cost: STL × seasons × rounds. Errors: those of `stl`, `SERIES_OPTION` without a period or with windows of
 * another number, `SERIES_TOO_SHORT` when no period is below half the series.
 *
 * @example
 * mstl(Float64Array.from({ length: 48 }, (_, i) => (i % 2) + (i % 6)), { periods: [2, 6] }).periods; // => [2, 6]
 */
export function mstl(
  values: Float64Array,
  { periods, windows, iterate = 2, ...options }: MstlOptions,
): MstlDecomposition {
  const seasons = seasonsOf(values.length, periods, windows);
  const seasonals: Float64Array[] = seasons.map(() => new Float64Array(values.length));
  let rest = values;
  let trend = values;
  for (let round = 0; round < (seasons.length === 1 ? 1 : iterate); round++) {
    for (const [k, { period, seasonal }] of seasons.entries()) {
      const withOwn = rest.map((value, i) => value + seasonals[k]![i]!);
      const parts = stl(withOwn, { ...options, period, seasonal });
      seasonals[k] = parts.seasonal;
      trend = parts.trend;
      rest = withOwn.map((value, i) => value - parts.seasonal[i]!);
    }
  }
  const resid = rest.map((value, i) => value - trend[i]!);
  return { observed: values, trend, seasonals, periods: seasons.map(({ period }) => period), resid };
}

function seasonsOf(length: number, periods: readonly number[], windows: readonly number[] | undefined) {
  if (periods.length === 0)
    throw new TwinError('SERIES_OPTION', 'A decomposition with several seasons needs at least one period');
  if (windows && windows.length !== periods.length) {
    throw new TwinError('SERIES_OPTION', `There are ${periods.length} periods, but ${windows.length} windows`);
  }
  const order = Array.from(periods.keys()).sort((a, b) => periods[a]! - periods[b]!);
  const seasons = order
    .map((i, rank) => ({ period: periods[i]!, seasonal: windows?.[i] ?? 11 + 4 * rank }))
    .filter(({ period }) => period < length / 2);
  if (seasons.length > 0) return seasons;
  throw new TwinError('SERIES_TOO_SHORT', `No period of ${periods.join(', ')} is below half of the ${length} values`);
}
