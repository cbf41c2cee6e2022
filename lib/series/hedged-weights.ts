import { independentForecasts } from './independent-forecasts';
import type { JudgedForecast } from './judged-forecast';
import { meanAbsoluteError } from './mean-absolute-error';
import { normalProbability } from './normal-probability';
import { weightedMean } from './weighted-centre';

/** A method with its weight in a combination and its earlier forecasts. */
export interface WeighedMethod<M> {
  readonly method: M & { readonly family: string; readonly forecasts: readonly JudgedForecast[] };
  readonly weight: number;
}

/**
 * Weights of a combination after a share of all of them went to the seasonal naive forecast: the probability that this
 * one is in truth at least as good, by how much better the combination was in each earlier forecast.
 *
 * The mean of the differences is taken as normal, with a variance of as few forecasts as they are worth
 * (`independentForecasts`). So a lead that earlier forecasts prove is kept, and one that may be chance costs little.
 * `naive`: the seasonal naive forecasts to compare with; without two of them, or without that method, the weights stay.
 * Cost: forecasts × methods.
 *
 * @example
 * hedgedWeights([{ method: { family: 'drift', forecasts: [] }, weight: 1 }], [])[0].weight; // => 1
 */
export function hedgedWeights<M>(
  weighed: readonly WeighedMethod<M>[],
  naive: readonly JudgedForecast[],
): WeighedMethod<M>[] {
  const share = naiveShare(weighed, naive);
  return weighed.map(({ method, weight }) => ({
    method,
    weight: (1 - share) * weight + (method.family === 'seasonal-naive' ? share : 0),
  }));
}

function naiveShare<M>(weighed: readonly WeighedMethod<M>[], naive: readonly JudgedForecast[]): number {
  if (!weighed.some(({ method }) => method.family === 'seasonal-naive')) return 0;
  const leads = naive.flatMap((fold) => {
    const there = weighed.flatMap(({ method, weight }) => {
      const own = method.forecasts.find(({ times }) => times[0] === fold.times[0]);
      return own ? [{ predicted: own.predicted, weight }] : [];
    });
    const predicted = weightedMean(
      there.map((own) => own.predicted),
      there.map(({ weight }) => weight),
    );
    const lead = meanAbsoluteError(fold.actual, fold.predicted) - meanAbsoluteError(fold.actual, predicted);
    return Number.isNaN(lead) ? [] : [lead];
  });
  if (leads.length < 2) return 0;
  const mean = leads.reduce((sum, lead) => sum + lead, 0) / leads.length;
  const variance = leads.reduce((sum, lead) => sum + (lead - mean) ** 2, 0) / (leads.length - 1);
  const error = Math.sqrt(variance / Math.min(leads.length, independentForecasts(naive.map(({ times }) => times))));
  return error > 0 ? normalProbability(-mean / error) : Number(mean < 0);
}
