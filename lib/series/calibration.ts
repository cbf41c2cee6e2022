import { quantileSorted } from './quantile';

/** How the intervals of a level are made from a method's own, and what they are worth. */
export interface Calibration {
  /** By which the method's own half-width (of one standard deviation) is to be taken; `NaN` without any error. */
  readonly factor: number;
  /**
   * Share of the errors that such intervals cover, each forecast calibrated on those on one side of it (fewer than four: on
   * all the others); `NaN` for fewer than two.
   */
  readonly coverage: number;
}

/** Halvings of the range in which the share is sought: a thousandth of it is left. */
const HALVINGS = 10;
/** By which the largest error is multiplied at most. */
const MOST_STRETCHED = 3;
/** Forecasts on one side from which on they can calibrate one. */
const FEWEST = 3;

/**
 * Calibrates intervals on the errors of earlier forecasts, for each level: the factor is a quantile of |error| / half-width.
 *
 * Which one? That of the level itself covers too little, as forecasts from neighbouring origins err together and the few that
 * are there have not shown the worst yet. So what happened is played again, forwards and backwards: each forecast gets its
 * interval from those on one side of it only, and the quantile is raised until these intervals would have held as often as
 * asked. It never falls below that of the level; where even the largest error does not do, it is multiplied. This is conformal prediction with the
 * correction measured instead of taken from the number of independent forecasts, which nobody knows.
 *
 * `scaledErrors`: one array for each earlier forecast in the order of time, `NaN` where nothing came. Reference: Lei, G'Sell,
 * Rinaldo, Tibshirani and Wasserman, Journal of the American Statistical Association 113 (2018); Gibbs and Candès, Advances in
 * Neural Information Processing Systems 34 (2021). It holds in so far as the future errs as the past did.
 * Cost: forecasts² × steps.
 *
 * @example
 * calibrate([Float64Array.of(1, 2), Float64Array.of(2, 3), Float64Array.of(1, 3)], [0.5])[0].factor; // => 2
 * calibrate([Float64Array.of(1), Float64Array.of(1), Float64Array.of(1)], [0.9])[0]; // => { factor: 1, coverage: 1 }
 */
export function calibrate(scaledErrors: readonly Float64Array[], levels: readonly number[]): Calibration[] {
  const known = scaledErrors.map((errors) => errors.filter((error) => !Number.isNaN(error)));
  const all = sortedOf(known);
  if (known.length < 2) return levels.map((level) => ({ factor: quantileSorted(all, level), coverage: NaN }));
  const judgedBy = (own: number, chosen: (other: number) => boolean): Judged => ({
    errors: known[own]!,
    others: sortedOf(known.filter((_, other) => other !== own && chosen(other))),
  });
  const sides = known.flatMap((_, own) => [
    ...(own >= FEWEST ? [judgedBy(own, (other) => other < own)] : []),
    ...(known.length - 1 - own >= FEWEST ? [judgedBy(own, (other) => other > own)] : []),
  ]);
  const replayed = sides.length > 0 ? sides : known.map((_, own) => judgedBy(own, () => true));
  return levels.map((level) => {
    const share = lowest(level, 1, (tried) => coverageAt(tried, 1, replayed) >= level);
    const stretch = lowest(1, MOST_STRETCHED, (tried) => coverageAt(share, tried, replayed) >= level);
    return { factor: stretch * quantileSorted(all, share), coverage: coverageAt(share, stretch, replayed) };
  });
}

/** The lowest number of a range for which a condition holds, which holds from some number on; the highest when for none. */
function lowest(from: number, to: number, holds: (tried: number) => boolean): number {
  if (holds(from)) return from;
  let [low, high] = [from, to];
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The errors of one forecast and, sorted, those of the ones that calibrate it. */
interface Judged {
  readonly errors: Float64Array;
  readonly others: Float64Array;
}

function coverageAt(share: number, stretch: number, judged: readonly Judged[]): number {
  let [covered, count] = [0, 0];
  for (const { errors, others } of judged) {
    const factor = stretch * quantileSorted(others, share);
    for (const error of errors) if (error <= factor) covered++;
    count += errors.length;
  }
  return covered / count;
}

function sortedOf(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all.sort();
}
