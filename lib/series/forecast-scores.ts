import { meanAbsoluteError } from './mean-absolute-error';
import { meanAbsolutePercentageError } from './mean-absolute-percentage-error';
import { meanAbsoluteScaledError } from './mean-absolute-scaled-error';
import { meanError } from './mean-error';
import { rSquared } from './r-squared';
import { rootMeanSquareError } from './root-mean-square-error';
import { symmetricPercentageError } from './symmetric-percentage-error';

/** How good a forecast was. Errors in the unit of the values, percentages in per cent, `NaN` where undefined. */
export interface ForecastScores {
  readonly r2: number;
  readonly mae: number;
  readonly rmse: number;
  readonly bias: number;
  readonly mapePct: number;
  readonly smapePct: number;
  /** Scaled by the seasonal naive forecast within the training part; `NaN` without one. */
  readonly mase: number;
}

/**
 * All scores of a forecast against what came; each is defined in the file of its name.
 *
 * `training` with its season `period` (1: none) is the yardstick of MASE. Gap policy: points where either side is
 * missing are left out. Cost: a few passes.
 *
 * @example
 * forecastScores(Float64Array.of(1, 2, 3), Float64Array.of(1, 2, 4), { values: Float64Array.of(1, 3), period: 1 }).mase; // => 1 / 6
 */
export function forecastScores(
  actual: Float64Array,
  predicted: Float64Array,
  training?: { readonly values: Float64Array; readonly period: number },
): ForecastScores {
  return {
    r2: rSquared(actual, predicted),
    mae: meanAbsoluteError(actual, predicted),
    rmse: rootMeanSquareError(actual, predicted),
    bias: meanError(actual, predicted),
    mapePct: meanAbsolutePercentageError(actual, predicted),
    smapePct: symmetricPercentageError(actual, predicted),
    mase: training ? meanAbsoluteScaledError(actual, predicted, training.values, training.period) : NaN,
  };
}
