import { classicalDecomposition } from './classical-decomposition';
import { levelChanges } from './level-changes';

/** Seasons, and values, of the present level from which on a forecast learns better from them alone. */
const FEWEST_SEASONS = 4;
const FEWEST_VALUES = 40;

/**
 * Index from which a series is on its present level: that of its last change of level (`levelChanges`, after the season
 * was taken out), 0 when there is none or too little has come since (four seasons, 40 values).
 *
 * Gap policy: none may be missing. Cost: linear.
 *
 * @example
 * presentLevel(Float64Array.from({ length: 160 }, (_, i) => (i < 90 ? 20 : 25) + Math.sin(i * i)), 1); // => 90
 */
export function presentLevel(values: Float64Array, period: number): number {
  const hasSeason = period > 1 && values.length >= 2 * period;
  const seasonal = hasSeason ? classicalDecomposition(values, { model: 'additive', period }).seasonal : undefined;
  const level = seasonal ? values.map((value, i) => value - seasonal[i]!) : values;
  const last = levelChanges(level, { period }).at(-1)?.index ?? 0;
  return values.length - last >= Math.max(FEWEST_VALUES, FEWEST_SEASONS * period) ? last : 0;
}
