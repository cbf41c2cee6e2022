import { normalProbability } from './normal-probability';
import { normalQuantile } from './normal-quantile';

export interface CrossingOptions {
  readonly threshold: number;
  /** The side on which the limit is broken. */
  readonly side: 'above' | 'below';
  /** Probability from which on a step counts as crossing, 0 to 1. */
  readonly probability: number;
}

/** What a forecast says about a limit. */
export interface ThresholdCrossing {
  /** Largest probability of being beyond the threshold at one of the steps. */
  readonly probability: number;
  /** First time at which the probability asked for is reached, epoch ms. */
  readonly time?: number;
  /** First time at which the forecast itself is beyond the threshold. */
  readonly expected?: number;
}

/**
 * When a forecast crosses a threshold, and how likely.
 *
 * The probability at a step is that of a normal distribution whose spread is the half-width of the interval of the
 * given level; without any width it is 0 or 1. Cost: linear in the horizon.
 *
 * @example
 * const forecast = { times: Float64Array.of(10, 20), values: Float64Array.of(1, 3), bounds: { lower: Float64Array.of(0, 2), upper: Float64Array.of(2, 4) } };
 * thresholdCrossing(forecast, 0.95, { threshold: 2.5, side: 'above', probability: 0.5 }).time; // => 20
 */
export function thresholdCrossing(
  {
    times,
    values,
    bounds,
  }: { times: Float64Array; values: Float64Array; bounds: { lower: Float64Array; upper: Float64Array } },
  level: number,
  { threshold, side, probability }: CrossingOptions,
): ThresholdCrossing {
  const z = normalQuantile((1 + level) / 2);
  const sign = side === 'above' ? 1 : -1;
  const beyond = values.map((value, i) => {
    const half = (bounds.upper[i]! - bounds.lower[i]!) / 2;
    const distance = sign * (value - threshold);
    return half > 0 ? normalProbability((distance * z) / half) : Number(distance > 0);
  });
  const first = beyond.findIndex((chance) => chance >= probability);
  const expected = values.findIndex((value) => sign * (value - threshold) > 0);
  return {
    probability: beyond.reduce((most, chance) => Math.max(most, chance), 0),
    ...(first >= 0 ? { time: times[first]! } : {}),
    ...(expected >= 0 ? { expected: times[expected]! } : {}),
  };
}
