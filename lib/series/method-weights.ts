/** Methods that are combined, with weights that are the inverse of their squared errors. */
const COMBINED = 5;
const WEIGHT_POWER = -2;

/** A method with its mean absolute error on values it had not seen. */
export interface ErringMethod {
  /** Of those that differ in one detail only, the best one is taken: two of a kind would count twice. */
  readonly family: string;
  readonly mae: number;
}

/** Taken in whatever its place: by its weight it limits what a choice that went wrong can cost. */
const ALWAYS = 'seasonal-naive';

/**
 * The five best methods, each the best of its family, and the seasonal naive one, with weights that add to 1: the
 * inverse of their squared errors. The mean of methods that err differently is seldom worse than the best of them; a
 * method that is far better than all others has most of the weight.
 *
 * Reference: Bates and Granger, Operational Research Quarterly 20 (1969). Cost: n log n.
 *
 * @example
 * methodWeights([{ family: 'a', mae: 2 }, { family: 'b', mae: 1 }, { family: 'b', mae: 1.5 }]).map(({ weight }) => weight); // => [0.8, 0.2]
 */
export function methodWeights<M extends ErringMethod>(methods: readonly M[]): { method: M; weight: number }[] {
  const sorted = [...methods].sort((a, b) => a.mae - b.mae);
  const best = sorted
    .filter((own, k) => sorted.findIndex(({ family }) => family === own.family) === k)
    .filter(({ family }, place) => place < COMBINED || family === ALWAYS);
  const least = best[0]?.mae ?? NaN;
  const raw = best.map(({ mae }) => (mae === least ? 1 : (mae / least) ** WEIGHT_POWER));
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return best.map((method, k) => ({ method, weight: raw[k]! / total }));
}
