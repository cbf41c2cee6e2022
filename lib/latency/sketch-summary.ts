import type { DelaySketch, WeightedValue } from './delay-sketch';
import { DEFAULT_MAX_OUTLIERS, type DelaySummary, WHISKER_IQR } from './delay-summary';
import { weightedQuantile } from './weighted-quantile';

/**
 * Box plot of a sketch (see `delaySummary`): each figure is within the sketch's accuracy of the exact one, except which
 * values count as outliers, as that is decided by the estimates too. Count, extremes, mean and the number of negative
 * delays are exact.
 *
 * @throws RangeError for an empty sketch
 */
export function sketchSummary(sketch: DelaySketch, maxOutliers = DEFAULT_MAX_OUTLIERS): DelaySummary {
  const { count, min, max, sum, negativeCount } = sketch;
  const values = sketch.values();
  const at = (p: number): number => (p === 0 ? min : p === 1 ? max : weightedQuantile(values, count, p));
  const [q1, q3] = [at(0.25), at(0.75)];
  const reach = WHISKER_IQR * (q3 - q1);
  const isInside = ({ value }: WeightedValue): boolean => value >= q1 - reach && value <= q3 + reach;
  const inside = values.filter(isInside);
  const outside = values.filter((entry) => !isInside(entry));
  const lowerWhisker = inside[0]?.value ?? q1;
  const upperWhisker = inside.at(-1)?.value ?? q3;
  const distance = ({ value }: WeightedValue): number => Math.max(lowerWhisker - value, value - upperWhisker);
  const outliers: number[] = [];
  for (const { value, count: here } of [...outside].sort((a, b) => distance(b) - distance(a))) {
    for (let i = 0; i < here && outliers.length < maxOutliers; i++) outliers.push(value);
  }
  return {
    ...{ count, min, q1, median: at(0.5), q3, max, mean: sum / count, p90: at(0.9), p95: at(0.95), p99: at(0.99) },
    lowerWhisker,
    upperWhisker,
    outlierCount: outside.reduce((total, { count: here }) => total + here, 0),
    outliers: outliers.sort((a, b) => a - b),
    negativeCount,
  };
}
