import { fillGaps } from './fill-gaps';
import { regularSeries, type RegularSeries } from './regular-series';
import type { Series } from './series';
import type { SeriesWarning } from './series-warning';

/** A series on its grid, without gaps, and what had to be done for it. */
export interface PreparedSeries {
  readonly grid: RegularSeries;
  readonly filled: Float64Array;
  readonly warnings: SeriesWarning[];
}

/**
 * Brings a series into the form that every method takes: evenly spaced (`regularSeries`), gaps filled by straight
 * lines, with a warning for each thing that was mended.
 *
 * Cost: a few passes. Errors: those of `regularSeries`.
 *
 * @example
 * prepareSeries({ times: Float64Array.of(0, 10, 30), values: Float64Array.of(1, 2, 4) }, 10).warnings.map(({ code }) => code); // => ['SERIES_GAPS_FILLED']
 */
export function prepareSeries(series: Series, stepMs?: number): PreparedSeries {
  const grid = regularSeries(series, stepMs === undefined ? {} : { stepMs });
  const filled = grid.missing > 0 ? fillGaps(grid.values, 'linear') : grid.values;
  const warnings: SeriesWarning[] = [];
  const warn = (code: SeriesWarning['code'], message: string) => warnings.push({ code, message });
  if (grid.missing > 0)
    warn(
      'SERIES_GAPS_FILLED',
      `${grid.missing} of ${filled.length} values were missing, at most ${grid.longestGap} in a row`,
    );
  // A step that was asked for gathers readings: that is its purpose.
  if (stepMs === undefined && grid.duplicates > 0)
    warn('SERIES_DUPLICATES', `${grid.duplicates} readings shared their step with another one: their mean is used`);
  if (grid.backwards > 0)
    warn('SERIES_DISORDER', `${grid.backwards} readings were earlier than the one before them: the series was sorted`);
  if (filled.every((value) => value === filled[0]))
    warn('SERIES_CONSTANT', `All values are ${filled[0]}: there is nothing to learn from them`);
  return { grid, filled, warnings };
}
