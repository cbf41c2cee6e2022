import { quantileSorted } from './quantile';

/**
 * Factor by which a method's own half-width (of one standard deviation) must be taken so that the given share of its earlier
 * forecasts would have held: the empirical quantile of |error| / half-width, with the finite-sample correction of split
 * conformal prediction. Few forecasts cannot tell high levels apart: all of them then get the largest error.
 *
 * `scaledErrors`: one array for each earlier forecast. `NaN` when there is none. Reference: Lei, G'Sell, Rinaldo, Tibshirani
 * and Wasserman, Journal of the American Statistical Association 113 (2018). It holds in so far as the future errs as the
 * past did. Cost: n log n.
 *
 * @example
 * calibrationFactor([Float64Array.of(1, 2), Float64Array.of(3, 4)], 0.5); // => 3.25
 */
export function calibrationFactor(scaledErrors: readonly Float64Array[], level: number): number {
  const all = Float64Array.from(scaledErrors.flatMap((errors) => Array.from(errors)))
    .filter((error) => !Number.isNaN(error))
    .sort();
  // Forecasts from neighbouring origins err together: each counts as one sample, not each of its steps.
  const share = Math.min(1, level * (1 + 1 / scaledErrors.length));
  return quantileSorted(all, share);
}

/**
 * Share of the errors that intervals of a level would have covered, each forecast calibrated on all the others (leave one
 * out): what may be expected of the calibrated interval. `NaN` for fewer than two forecasts.
 *
 * @example
 * calibratedCoverage([Float64Array.of(1), Float64Array.of(1), Float64Array.of(1)], 0.9); // => 1
 */
export function calibratedCoverage(scaledErrors: readonly Float64Array[], level: number): number {
  if (scaledErrors.length < 2) return NaN;
  let covered = 0;
  let count = 0;
  for (const [k, errors] of scaledErrors.entries()) {
    const factor = calibrationFactor(
      scaledErrors.filter((_, other) => other !== k),
      level,
    );
    for (const error of errors) {
      if (Number.isNaN(error)) continue;
      count++;
      if (error <= factor) covered++;
    }
  }
  return covered / count;
}
