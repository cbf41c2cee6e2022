import { concat } from './concat';
import { independentForecasts } from './independent-forecasts';
import { scaledErrorsOf, type JudgedForecast } from './judged-forecast';
import { normalQuantile } from './normal-quantile';
import { quantileSorted } from './quantile';
import { studentTQuantile } from './student-t-quantile';

/** How the intervals of a level are made from a method's own, and what they are worth. */
export interface Calibration {
  /** By which the method's own half-width (of one standard deviation) is to be taken; `NaN` without any error. */
  readonly factor: number;
  /**
   * Share of the values that such intervals would have covered, each forecast with an interval that the others
   * calibrate; `NaN` for fewer than two forecasts.
   */
  readonly coverage: number;
}

/**
 * Degrees of freedom for each forecast that the earlier ones are worth: the steps of one do not all err alike. Chosen
 * on simulated series (`npm run bench:intervals`, 39 kinds of 60): with 3, 4 and 6 a level of 80 % covered 80.8, 80.2
 * and 79.7 % of what came, one of 95 % 94.6, 94.2 and 93.7 %; within 5 points at both levels for 36, 38 and 38 of the
 * kinds.
 */
const FREEDOM = 4;

/**
 * Calibrates intervals on the errors of earlier forecasts, for each level: the factor is the quantile of |error| /
 * half-width, times that of Student's distribution over that of the normal one.
 *
 * Why? Forecasts from neighbouring origins are judged by nearly the same values and err together, so that ten of them
 * may be worth three (`independentForecasts`), and three have not shown yet how wide errors spread: the degrees of
 * freedom follow what they are worth. The coverage is measured on forecasts that had no part in their own intervals. It
 * holds in so far as the future errs as the past did.
 *
 * `forecasts` in the order of time, `NaN` where nothing came; `freedom` for each independent one. Reference: Lei,
 * G'Sell, Rinaldo, Tibshirani and Wasserman, Journal of the American Statistical Association 113 (2018), for
 * calibration on residuals. Cost: forecasts × errors × log errors.
 *
 * @example
 * const far = Float64Array.of(1, 1);
 * const forecast = (time, error) => ({ times: Float64Array.of(time, time + 1), actual: Float64Array.of(error, error), predicted: Float64Array.of(0, 0), halves: { below: far, above: far } });
 * calibrate([forecast(0, 1), forecast(2, 2), forecast(4, 3)], [0.5])[0].coverage; // => 2 / 3
 */
export function calibrate(
  forecasts: readonly JudgedForecast[],
  levels: readonly number[],
  freedom = FREEDOM,
): Calibration[] {
  const judged = forecasts.map((forecast) => ({
    times: forecast.times,
    errors: scaledErrorsOf(forecast).filter((error) => !Number.isNaN(error)),
  }));
  const unseen = judged.map((own) => ({
    errors: own.errors,
    by: learned(
      judged.filter((other) => other !== own),
      freedom,
    ),
  }));
  const all = learned(judged, freedom);
  return levels.map((level) => {
    if (judged.length < 2) return { factor: all(level), coverage: NaN };
    let [covered, count] = [0, 0];
    for (const { errors, by } of unseen) {
      const factor = by(level);
      for (const error of errors) if (error <= factor) covered++;
      count += errors.length;
    }
    return { factor: all(level), coverage: covered / count };
  });
}

/** The factor of a level that some forecasts teach. */
function learned(
  judged: readonly { readonly times: Float64Array; readonly errors: Float64Array }[],
  each: number,
): (level: number) => number {
  const sorted = concat(judged.map(({ errors }) => errors)).sort();
  const freedom = each * independentForecasts(judged.map(({ times }) => times));
  return (level) => {
    const end = (1 + level) / 2;
    return (quantileSorted(sorted, level) * studentTQuantile(end, freedom)) / normalQuantile(end);
  };
}
