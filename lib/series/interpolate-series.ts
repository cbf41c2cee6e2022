import { TwinError } from '../reading/twin-error';
import { orderSeries } from './order-series';
import type { Series } from './series';

/**
 * Values of an irregular series on an even grid that begins at its first time, by straight lines between readings.
 *
 * Points of the same time count as one, their mean. Missing values (`NaN`) are left out, so a gap is bridged by a line:
 * use `regularSeries` where gaps must stay visible. The grid ends at the last one that does not lie behind the last
 * reading. Reference: NumPy `interp`. Cost: one pass, n log n when times do not rise. Errors: `SERIES_ALL_MISSING` no
 * value, `SERIES_OPTION` step not above 0.
 *
 * @example
 * interpolateSeries({ times: Float64Array.of(0, 15, 15, 40), values: Float64Array.of(0, 2, 4, 8) }, 10).values; // => Float64Array.of(0, 2, 4, 6, 8)
 */
export function interpolateSeries(series: Series, stepMs: number): { times: Float64Array; values: Float64Array } {
  if (!(stepMs > 0 && Number.isFinite(stepMs)))
    throw new TwinError('SERIES_OPTION', `The step must be above 0 ms, got ${stepMs}`);
  const { xs, ys } = distinct(series);
  const start = xs[0];
  if (start === undefined) throw new TwinError('SERIES_ALL_MISSING', 'The series has no value to interpolate between');
  const times = Float64Array.from(
    { length: Math.floor((xs.at(-1)! - start) / stepMs) + 1 },
    (_, i) => start + i * stepMs,
  );
  let right = 0;
  const values = times.map((time) => {
    while (right < xs.length - 1 && xs[right]! < time) right++;
    if (right === 0) return ys[0]!;
    const left = right - 1;
    return ys[left]! + ((ys[right]! - ys[left]!) * (time - xs[left]!)) / (xs[right]! - xs[left]!);
  });
  return { times, values };
}

function distinct(series: Series): { xs: number[]; ys: number[] } {
  const { times, values } = orderSeries(series);
  const xs: number[] = [];
  const ys: number[] = [];
  let count = 0;
  for (let i = 0; i < times.length; i++) {
    if (Number.isNaN(values[i]!)) continue;
    count = xs.at(-1) === times[i] ? count + 1 : 1;
    if (count === 1) {
      xs.push(times[i]!);
      ys.push(values[i]!);
    } else {
      ys[ys.length - 1]! += (values[i]! - ys.at(-1)!) / count;
    }
  }
  return { xs, ys };
}
