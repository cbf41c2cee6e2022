import { concat } from './concat';
import type { EvaluationResult } from './evaluate-forecaster';
import { forecastScores } from './forecast-scores';
import { scaledErrorsOf, type HalfWidths, type JudgedForecast } from './judged-forecast';
import { methodWeights } from './method-weights';

/** A method that was judged by back-test. */
export interface JudgedMethod {
  readonly family: string;
  readonly forecasts: readonly JudgedForecast[];
}

/**
 * How good a choice among methods is (`methodWeights`) on values that neither the methods nor the choice have seen: for each
 * earlier forecast the methods are chosen and weighed by all the others.
 *
 * Judged on the forecasts by which it was made, a choice looks better than it is, and its intervals come out too narrow.
 * `naive` are the yardstick's own forecasts, `training` the values before the first of them. Undefined without two earlier
 * forecasts. Reference: Cawley and Talbot, Journal of Machine Learning Research 11 (2010). Cost: forecasts² × methods, no fit.
 *
 * @example
 * const part = { times: Float64Array.of(1), actual: Float64Array.of(3), predicted: Float64Array.of(1), halves: { below: Float64Array.of(1), above: Float64Array.of(1) } };
 * const later = { ...part, times: Float64Array.of(2) };
 * evaluateChoice([{ family: 'a', forecasts: [part, later] }], [part, later], { values: Float64Array.of(1, 2), period: 1 }).scores.mae; // => 2
 */
export function evaluateChoice(
  methods: readonly JudgedMethod[],
  naive: readonly JudgedForecast[],
  training: { readonly values: Float64Array; readonly period: number },
): EvaluationResult | undefined {
  if (naive.length < 2) return undefined;
  const errors = methods.map(({ forecasts }) => forecasts.map(absoluteErrors));
  const forecasts = naive.flatMap((fold) => {
    const at = fold.times[0];
    const there = methods.flatMap(({ family, forecasts: own }, k) => {
      const place = own.findIndex(({ times }) => times[0] === at);
      const rest = errors[k]!.filter((_, other) => other !== place);
      const count = rest.reduce((sum, one) => sum + one.count, 0);
      const mae = rest.reduce((sum, one) => sum + one.sum, 0) / count;
      return place >= 0 && count > 0 ? [{ family, mae, forecast: own[place]! }] : [];
    });
    const weighed = methodWeights(there);
    if (weighed.length === 0) return [];
    const mean = (pick: (forecast: JudgedForecast) => Float64Array): Float64Array =>
      fold.times.map((_, i) =>
        weighed.reduce((sum, { method, weight }) => sum + weight * pick(method.forecast)[i]!, 0),
      );
    const halves: HalfWidths = { below: mean((own) => own.halves.below), above: mean((own) => own.halves.above) };
    return [{ times: fold.times, actual: fold.actual, predicted: mean((own) => own.predicted), halves }];
  });
  if (forecasts.length < 2) return undefined;
  const actual = concat(forecasts.map((fold) => fold.actual));
  return {
    scores: forecastScores(actual, concat(forecasts.map(({ predicted }) => predicted)), training),
    naive: forecastScores(
      concat(naive.map((fold) => fold.actual)),
      concat(naive.map(({ predicted }) => predicted)),
      training,
    ),
    scaledErrors: forecasts.map(scaledErrorsOf),
    forecasts,
    points: actual.length,
  };
}

function absoluteErrors({ actual, predicted }: JudgedForecast): { sum: number; count: number } {
  let [sum, count] = [0, 0];
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs(actual[i]! - predicted[i]!);
    if (Number.isNaN(error)) continue;
    sum += error;
    count++;
  }
  return { sum, count };
}
