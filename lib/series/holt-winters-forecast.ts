import type { HoltWintersForm, HoltWintersParameters, HoltWintersState } from './holt-winters';

/**
 * Forecast of exponential smoothing from where it stands: level + (phi + … + phi^h) trend, plus or times the season.
 *
 * The season of step h is that of place (h - 1) mod period, also at whole seasons. Cost: linear in the horizon.
 *
 * @example
 * const form = { trend: 'additive', damped: false, seasonal: 'additive', period: 2 };
 * holtWintersForecast({ level: 10, trend: 1, seasons: Float64Array.of(1, -1) }, form, 1, 3); // => Float64Array.of(12, 11, 14)
 */
export function holtWintersForecast(
  { level, trend, seasons }: HoltWintersState,
  form: HoltWintersForm,
  phi: number,
  horizon: number,
): Float64Array {
  let dampening = 0;
  let power = 1;
  return Float64Array.from({ length: horizon }, (_, i) => {
    power *= phi;
    dampening += power;
    const base = level + dampening * trend;
    if (form.seasonal === 'none') return base;
    const season = seasons[i % form.period]!;
    return form.seasonal === 'multiplicative' ? base * season : base + season;
  });
}

/**
 * Variance of the forecast error at each step over that of one step: 1 + Σ c(j)², c(j) = alpha + alpha beta (phi + … +
 * phi^j) + gamma at whole seasons.
 *
 * Exact for additive errors with an additive season or none (class 1 of Hyndman, Koehler, Ord and Snyder, Forecasting
 * with Exponential Smoothing, 2008, 6.2); with a multiplicative season the first order, each error carried on at the
 * size of its season. Cost: linear in the horizon (multiplicative: times the period).
 *
 * @example
 * const form = { trend: 'none', damped: false, seasonal: 'none', period: 1 };
 * holtWintersVariance(form, { alpha: 0.5, beta: 0, gamma: 0, phi: 1 }, 3); // => Float64Array.of(1, 1.25, 1.5)
 */
export function holtWintersVariance(
  form: HoltWintersForm,
  { alpha, beta, gamma, phi }: Pick<HoltWintersParameters, 'alpha' | 'beta' | 'gamma' | 'phi'>,
  horizon: number,
  seasons?: Float64Array,
): Float64Array {
  const carried = new Float64Array(horizon);
  let dampening = 0;
  let power = 1;
  for (let j = 1; j < horizon; j++) {
    power *= phi;
    dampening += power;
    carried[j] = alpha + (form.trend === 'none' ? 0 : alpha * beta * dampening);
  }
  const whole = (j: number): number => (form.seasonal !== 'none' && j % form.period === 0 ? gamma : 0);
  const variance = new Float64Array(horizon).fill(1);
  if (form.seasonal === 'multiplicative' && seasons) {
    // Each past error reaches step h by the ratio of its season to that of h: summed for each place of the season at
    // once.
    const m = form.period;
    const sums = new Float64Array(m);
    let cycles = 0;
    for (let j = 1; j < horizon; j++) {
      for (let place = 0; place < m; place++) sums[place]! += (carried[j]! / seasons[(place + m - (j % m)) % m]!) ** 2;
      cycles += 2 * carried[j]! * whole(j) + whole(j) ** 2;
      variance[j] = 1 + seasons[j % m]! ** 2 * sums[j % m]! + cycles;
    }
    return variance;
  }
  for (let h = 1; h < horizon; h++) variance[h] = variance[h - 1]! + (carried[h]! + whole(h)) ** 2;
  return variance;
}
