import { fillGaps } from '../../lib/series/fill-gaps';
import { interpolateSeries } from '../../lib/series/interpolate-series';
import { regularSeries } from '../../lib/series/regular-series';
import type { GoldenMethod, GoldenMethods } from './method';

const resample: GoldenMethod = {
  run({ golden, times, values }) {
    const grid = regularSeries({ times, values }, { stepMs: (golden.params as { bucketMs: number }).bucketMs });
    return {
      gridTimes: grid.times,
      mean: grid.values,
      count: Array.from(grid.counts),
      filled: fillGaps(grid.values, 'linear'),
    };
  },
};

const linearFill: GoldenMethod = {
  run({ values }) {
    const filled = fillGaps(values, 'linear');
    const nanIdx = Array.from(values.keys()).filter((i) => Number.isNaN(values[i]!));
    return { filled, nanIdx, filledAtNan: nanIdx.map((i) => filled[i]!) };
  },
};

export const gridMethods: GoldenMethods = {
  "Series.resample('5min', label=left, closed=left, origin=epoch)": resample,
  "resample mean then interpolate('time')": resample,
  'numpy.interp on grid from first stamp (duplicates averaged)': {
    run({ golden, times, values }) {
      const grid = interpolateSeries({ times, values }, (golden.params as { stepMs: number }).stepMs);
      return { gridTimes: grid.times, values: grid.values };
    },
  },
  "Series.interpolate('linear', limit_direction='both')": linearFill,
  "Series.interpolate('linear')": linearFill,
  'Series.ffill().bfill()': { run: ({ values }) => ({ filled: fillGaps(values, 'previous') }) },
};
