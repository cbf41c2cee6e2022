import { candidateMethods, type Candidate } from './candidate-methods';
import { combinedForecaster } from './combined-forecaster';
import { evaluateChoice, type JudgedMethod } from './evaluate-choice';
import { evaluateForecaster, type EvaluationOptions, type EvaluationResult } from './evaluate-forecaster';
import type { Forecaster } from './forecaster';
import { guerreroLambda } from './guerrero-lambda';
import { hedgedWeights } from './hedged-weights';
import { methodWeights, type ErringMethod } from './method-weights';
import { driftForecaster, seasonalNaiveForecaster } from './naive-forecaster';
import { transformLambda, type TransformForm } from './transform-form';
import { transformedForecaster } from './transformed-forecaster';

/** A long series needs fewer forecasts to tell methods apart. */
const FEWER_FOLDS_FROM = 20_000;
const FOLDS_OF_LONG = 4;
/** Above this lambda a transformation is as good as none. */
const LARGEST_LAMBDA = 0.9;

export interface ChoiceOptions extends EvaluationOptions {
  readonly transform: TransformForm;
  /** Forecasts brought back from another scale are means, not medians. */
  readonly mean: boolean;
}

/** What was tried, the best first. */
export interface MethodChoice {
  readonly forecaster: Forecaster;
  /** Of the scale on which the methods work; absent: that of the values. */
  readonly lambda?: number;
  /** How good such a choice was on values it had not seen; absent when there are too few. */
  readonly evaluation?: EvaluationResult;
  /** The methods that make up the forecast (`combinedForecaster`); the weights add to 1. */
  readonly members: readonly { readonly name: string; readonly weight: number }[];
  readonly candidates: readonly { readonly name: string; readonly mase: number; readonly mae: number }[];
}

interface Judged extends Candidate, JudgedMethod, ErringMethod {
  readonly mase: number;
  /** Values before the first forecast. */
  readonly firstOrigin: number;
}

/**
 * Chooses a forecast by back-test: the methods that forecast the past of this series best (mean absolute error of all
 * steps of all earlier forecasts), combined by `methodWeights` and `hedgedWeights`.
 *
 * Candidates: see `candidateMethods`. With `automatic` the quick ones are tried on the values and on the scale of
 * `boxCox` as well (lambda by Guerrero, over the whole series), and all others then on the scale on which those erred
 * less (geometric mean). A series too short for a back-test gets the seasonal naive forecast, or drift. Gap policy:
 * that of the methods. Errors: `SERIES_NOT_POSITIVE` where a scale was asked for that the values do not allow. Cost:
 * one fit for each candidate and earlier forecast.
 *
 * @example
 * const values = Float64Array.from({ length: 60 }, (_, i) => 10 + i + [3, -1, -2][i % 3]);
 * const options = { evaluation: 'back-test', period: 3, horizon: 3, testShare: 0.3, seed: 1, folds: 4, transform: 'none', mean: false };
 * chooseMethod(values, values, options).members[0].weight > 0.2; // => true
 */
export function chooseMethod(times: Float64Array, values: Float64Array, options: ChoiceOptions): MethodChoice {
  const folds = values.length > FEWER_FOLDS_FROM ? Math.min(FOLDS_OF_LONG, options.folds) : options.folds;
  const judge = (candidate: Candidate): Judged[] => {
    const evaluation = { ...options, evaluation: 'back-test', folds } as const;
    const result = evaluateForecaster(candidate.forecaster, times, values, evaluation);
    if (!result?.forecasts || !Number.isFinite(result.scores.mae)) return [];
    const { scores, forecasts } = result;
    return [
      {
        ...candidate,
        mae: scores.mae,
        mase: scores.mase,
        forecasts,
        firstOrigin: times.indexOf(forecasts[0]!.times[0]!),
      },
    ];
  };
  const { lambda, judged } = onBetterScale(values, options, judge);
  const naive = judged.find(({ name }) => name === 'seasonal-naive');
  const best = hedgedWeights(methodWeights(judged), naive?.forecasts ?? []);
  if (best.length === 0) return untried(values, options.period);
  return {
    forecaster: combinedForecaster(
      best.map(({ method }) => method.forecaster),
      best.map(({ weight }) => weight),
    ),
    ...(lambda === undefined ? {} : { lambda }),
    ...evaluationOf(judged, naive, values, options.period),
    members: best.map(({ method, weight }) => ({ name: method.name, weight })),
    candidates: judged.sort((a, b) => a.mae - b.mae).map(({ name, mae, mase }) => ({ name, mae, mase })),
  };
}

/** Of the choice, beside the seasonal naive forecast on the same values. */
function evaluationOf(
  judged: readonly Judged[],
  naive: Judged | undefined,
  values: Float64Array,
  period: number,
): Pick<MethodChoice, 'evaluation'> {
  if (!naive) return {};
  const training = { values: values.subarray(0, naive.firstOrigin), period };
  const evaluation = evaluateChoice(judged, naive.forecasts, training);
  return evaluation ? { evaluation } : {};
}

function onBetterScale(
  values: Float64Array,
  { transform, mean, period }: ChoiceOptions,
  judge: (candidate: Candidate) => Judged[],
): { lambda: number | undefined; judged: Judged[] } {
  const plain = candidateMethods(values, period);
  const onScale = (lambda: number): Candidate[] =>
    plain
      .filter(({ name }) => !name.endsWith('-multiplicative'))
      .map((own) =>
        own.name === 'seasonal-naive'
          ? own
          : { ...own, forecaster: transformedForecaster(own.forecaster, { lambda, mean }) },
      );
  const asked = transformLambda(transform, values, period);
  if (asked !== undefined) return { lambda: asked, judged: onScale(asked).flatMap(judge) };
  const quick = plain.filter((own) => own.quick).flatMap(judge);
  const lambda = transform === 'automatic' ? guerreroLambda(values, period) : 1;
  if (lambda < LARGEST_LAMBDA) {
    const scaled = onScale(lambda);
    const quickScaled = scaled.filter((own) => own.quick).flatMap(judge);
    if (errsLess(quickScaled, quick)) {
      return { lambda, judged: [...quickScaled, ...scaled.filter((own) => !own.quick).flatMap(judge)] };
    }
  }
  return { lambda: undefined, judged: [...quick, ...plain.filter((own) => !own.quick).flatMap(judge)] };
}

/** By the geometric mean, to which each method contributes by its own measure. */
function errsLess(these: readonly Judged[], those: readonly Judged[]): boolean {
  const ratios = these.flatMap(({ name, mae }) => {
    const other = those.find((own) => own.name === name);
    return other ? [Math.log(mae / other.mae)] : [];
  });
  return ratios.length > 0 && these.length === those.length && ratios.reduce((sum, ratio) => sum + ratio, 0) < 0;
}

function untried(values: Float64Array, period: number): MethodChoice {
  const enough = values.length >= seasonalNaiveForecaster.minimum(period);
  const [name, forecaster] = enough ? ['seasonal-naive', seasonalNaiveForecaster] : ['drift', driftForecaster];
  return { forecaster, members: [{ name, weight: 1 }], candidates: [] };
}
