import { concat } from './concat';
import type { EvaluationResult } from './evaluate-forecaster';
import { forecastScores } from './forecast-scores';
import { hedgedWeights } from './hedged-weights';
import { overlap } from './independent-forecasts';
import type { HalfWidths, JudgedForecast } from './judged-forecast';
import { methodWeights } from './method-weights';
import { weightedCentre, weightedMean } from './weighted-centre';

/** A method that was judged by back-test. */
export interface JudgedMethod {
  readonly family: string;
  readonly forecasts: readonly JudgedForecast[];
}

/**
 * How good a choice among methods is (`methodWeights`, `hedgedWeights`) on values that neither the methods nor the
 * choice have seen: for each earlier forecast the methods are chosen and weighed by those others that no value judges
 * with it; by all others where there are none.
 *
 * Judged on the forecasts by which it was made, a choice looks better than it is, and its intervals come out too
 * narrow. `naive` are the yardstick's own forecasts, `training` the values before the first of them. Undefined without
 * two earlier forecasts. Reference: Cawley and Talbot, Journal of Machine Learning Research 11 (2010). Cost: forecasts²
 * × methods, no fit.
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
  const judged = methods.map((method) => ({ ...method, errors: method.forecasts.map(absoluteErrors) }));
  const forecasts = naive.flatMap((fold) => {
    const apart = naive.filter(({ times }) => !overlap(times, fold.times));
    const others = apart.length > 0 ? apart : naive.filter((other) => other !== fold);
    const starts = new Set(others.map(({ times }) => times[0]));
    const there = judged.flatMap((method) => {
      const rest = method.errors.filter((_, place) => starts.has(method.forecasts[place]!.times[0]));
      const count = rest.reduce((sum, one) => sum + one.count, 0);
      const mae = rest.reduce((sum, one) => sum + one.sum, 0) / count;
      const own = method.forecasts.find(({ times }) => times[0] === fold.times[0]);
      return own && count > 0 ? [{ ...method, mae, own }] : [];
    });
    const weighed = hedgedWeights(methodWeights(there), others);
    if (weighed.length === 0) return [];
    const weights = weighed.map(({ weight }) => weight);
    const parts = (pick: (forecast: JudgedForecast) => Float64Array) => weighed.map(({ method }) => pick(method.own));
    const halves: HalfWidths = {
      below: weightedMean(
        parts((own) => own.halves.below),
        weights,
      ),
      above: weightedMean(
        parts((own) => own.halves.above),
        weights,
      ),
    };
    const predicted = weightedCentre(
      parts((own) => own.predicted),
      weights,
    );
    return [{ times: fold.times, actual: fold.actual, predicted, halves }];
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
