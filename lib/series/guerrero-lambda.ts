/** Distance of the lambdas that are tried: closer ones cannot be told apart by eye or by forecast. */
const STEP = 0.05;

/**
 * The lambda from 0 to 1 for `boxCox` with which the swings within a season depend on its level least: Guerrero's
 * method.
 *
 * For each season (without one: for each pair of values) the standard deviation over mean^(1 - lambda) is taken; the
 * lambda with the smallest coefficient of variation of these ratios is the answer. 1 (no transformation) where a value
 * is 0 or below, or there are fewer than two seasons. Reference: Guerrero, Journal of Forecasting 12 (1993); R
 * `BoxCox.lambda`, which also looks beyond 0 to 1, where forecasts brought back run away. Gap policy: seasons with a
 * gap are left out. Cost: linear, and a power per season and lambda.
 *
 * @example
 * guerreroLambda(Float64Array.from({ length: 40 }, (_, i) => Math.exp(i / 10) * [1, 2, 3, 2][i % 4]), 4); // => 0
 */
export function guerreroLambda(values: Float64Array, period: number): number {
  const length = Math.max(2, period);
  const seasons: { mean: number; deviation: number }[] = [];
  for (let end = values.length; end >= length; end -= length) {
    const season = values.subarray(end - length, end);
    if (season.some((value) => value <= 0)) return 1;
    const mean = season.reduce((sum, value) => sum + value, 0) / length;
    const squares = season.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    if (!Number.isNaN(mean)) seasons.push({ mean, deviation: Math.sqrt(squares / (length - 1)) });
  }
  if (seasons.length < 2 || values.some((value) => value <= 0)) return 1;
  let best = { lambda: 1, variation: Infinity };
  for (let step = Math.round(1 / STEP); step >= 0; step--) {
    const lambda = step * STEP;
    const variation = variationOf(seasons.map(({ mean, deviation }) => deviation / mean ** (1 - lambda)));
    if (variation < best.variation) best = { lambda, variation };
  }
  return best.lambda;
}

/** Standard deviation over mean. */
function variationOf(ratios: readonly number[]): number {
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  const squares = ratios.reduce((sum, ratio) => sum + (ratio - mean) ** 2, 0);
  return Math.sqrt(squares / (ratios.length - 1)) / mean;
}
