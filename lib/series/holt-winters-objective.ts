import type { HoltWintersForm, HoltWintersParameters } from './holt-winters';
import type { Objective } from './minimise-bounded';

/** Places of the parameters in the vector of the optimiser; -1 for what a form does not have. */
export interface HoltWintersLayout {
  readonly alpha: number;
  readonly beta: number;
  readonly gammaShare: number;
  readonly phi: number;
  readonly level: number;
  readonly trend: number;
  readonly seasons: number;
  readonly size: number;
}

/**
 * Where the parameters of a form stand in the vector: alpha, beta, gamma as a share of 1 - alpha, phi, level, trend,
 * seasons.
 *
 * @example
 * holtWintersLayout({ trend: 'none', damped: false, seasonal: 'none', period: 1 }).size; // => 2
 */
export function holtWintersLayout({ trend, damped, seasonal, period }: HoltWintersForm): HoltWintersLayout {
  let size = 0;
  const place = (there: boolean, count = 1): number => {
    const at = there ? size : -1;
    if (there) size += count;
    return at;
  };
  const [hasTrend, hasSeason] = [trend !== 'none', seasonal !== 'none'];
  const layout = {
    alpha: place(true),
    beta: place(hasTrend),
    gammaShare: place(hasSeason),
    phi: place(hasTrend && damped),
    level: place(true),
    trend: place(hasTrend),
    seasons: place(hasSeason, period),
  };
  return { ...layout, size };
}

/**
 * Parameters from the vector of the optimiser.
 *
 * @example
 * const form = { trend: 'none', damped: false, seasonal: 'none', period: 1 };
 * holtWintersParameters(Float64Array.of(0.3, 20), form).level; // => 20
 */
export function holtWintersParameters(x: Float64Array, form: HoltWintersForm): HoltWintersParameters {
  const layout = holtWintersLayout(form);
  const at = (place: number, absent: number): number => (place < 0 ? absent : x[place]!);
  const alpha = x[layout.alpha]!;
  return {
    alpha,
    beta: at(layout.beta, 0),
    gamma: at(layout.gammaShare, 0) * (1 - alpha),
    phi: at(layout.phi, 1),
    level: x[layout.level]!,
    trend: at(layout.trend, 0),
    seasons: layout.seasons < 0 ? new Float64Array(0) : x.slice(layout.seasons, layout.seasons + form.period),
  };
}

/**
 * Sum of squared one-step errors of a series as a function of all parameters and initial states, with its gradient in
 * reverse mode: one pass forward that keeps the states, one back that carries the sensitivities.
 *
 * Cost: two passes and four numbers per value, whatever the number of parameters. Infinity where a multiplicative
 * season or its base is not above 0.
 *
 * @example
 * const form = { trend: 'none', damped: false, seasonal: 'none', period: 1 };
 * holtWintersObjective(Float64Array.of(1, 3), form)(Float64Array.of(0.5, 1), new Float64Array(2)); // => 4
 */
export function holtWintersObjective(values: Float64Array, form: HoltWintersForm): Objective {
  const n = values.length;
  const m = form.seasonal === 'none' ? 1 : form.period;
  const tape: Tape = {
    values,
    levels: new Float64Array(n + 1),
    trends: new Float64Array(n + 1),
    seasons: new Float64Array(n + m),
    errors: new Float64Array(n),
  };
  const layout = holtWintersLayout(form);
  return (x, gradient) => {
    const parameters = holtWintersParameters(x, form);
    const multiplicative = form.seasonal === 'multiplicative';
    const sum = (multiplicative ? forwardMultiplicative : forwardAdditive)(tape, form, parameters);
    if (!Number.isFinite(sum)) return Infinity;
    const back = (multiplicative ? backMultiplicative : backAdditive)(tape, form, parameters);
    const put = (place: number, slope: number): void => {
      if (place >= 0) gradient[place] = slope;
    };
    const share = layout.gammaShare < 0 ? 0 : x[layout.gammaShare]!;
    put(layout.alpha, back.alpha - share * back.gamma);
    put(layout.beta, back.beta);
    put(layout.gammaShare, back.gamma * (1 - parameters.alpha));
    put(layout.phi, back.phi);
    put(layout.level, back.level);
    put(layout.trend, back.trend);
    if (layout.seasons >= 0) gradient.set(back.seasons, layout.seasons);
    return sum;
  };
}

interface Tape {
  readonly values: Float64Array;
  readonly levels: Float64Array;
  readonly trends: Float64Array;
  /** Season used at each value, then those of the next season. */
  readonly seasons: Float64Array;
  readonly errors: Float64Array;
}

function forwardAdditive(tape: Tape, form: HoltWintersForm, p: HoltWintersParameters): number {
  const { values, levels, trends, seasons, errors } = tape;
  const seasonal = form.seasonal !== 'none';
  const alphaBeta = p.alpha * p.beta;
  if (seasonal) seasons.set(p.seasons);
  levels[0] = p.level;
  trends[0] = p.trend;
  let sum = 0;
  for (let t = 0; t < values.length; t++) {
    const fading = p.phi * trends[t]!;
    const base = levels[t]! + fading;
    const error = values[t]! - base - (seasonal ? seasons[t]! : 0);
    levels[t + 1] = base + p.alpha * error;
    trends[t + 1] = fading + alphaBeta * error;
    if (seasonal) seasons[t + form.period] = seasons[t]! + p.gamma * error;
    errors[t] = error;
    sum += error * error;
  }
  return sum;
}

function backAdditive({ trends, errors }: Tape, form: HoltWintersForm, p: HoltWintersParameters) {
  const m = form.seasonal === 'none' ? 1 : form.period;
  const seasonal = form.seasonal !== 'none';
  const seasons = new Float64Array(m);
  const slopes = { alpha: 0, beta: 0, gamma: 0, phi: 0, level: 0, trend: 0, seasons };
  let level = 0;
  let trend = 0;
  for (let t = errors.length - 1, place = t % m; t >= 0; t--, place = place === 0 ? m - 1 : place - 1) {
    const error = errors[t]!;
    const season = seasonal ? seasons[place]! : 0;
    slopes.alpha += error * (level + p.beta * trend);
    slopes.beta += p.alpha * error * trend;
    slopes.gamma += error * season;
    const byError = 2 * error + p.alpha * (level + p.beta * trend) + p.gamma * season;
    const byFading = level + trend - byError;
    slopes.phi += trends[t]! * byFading;
    level -= byError;
    trend = p.phi * byFading;
    if (seasonal) seasons[place] = season - byError;
  }
  return { ...slopes, level, trend };
}

function forwardMultiplicative(tape: Tape, form: HoltWintersForm, p: HoltWintersParameters): number {
  const { values, levels, trends, seasons, errors } = tape;
  seasons.set(p.seasons);
  levels[0] = p.level;
  trends[0] = p.trend;
  const hasTrend = form.trend !== 'none';
  let sum = 0;
  for (let t = 0; t < values.length; t++) {
    const fading = p.phi * trends[t]!;
    const base = levels[t]! + fading;
    const season = seasons[t]!;
    if (!(base > 0 && season > 0)) return Infinity;
    const error = values[t]! - base * season;
    const level = (p.alpha * values[t]!) / season + (1 - p.alpha) * base;
    levels[t + 1] = level;
    trends[t + 1] = hasTrend ? p.beta * (level - levels[t]!) + (1 - p.beta) * fading : 0;
    seasons[t + form.period] = (p.gamma * values[t]!) / base + (1 - p.gamma) * season;
    errors[t] = error;
    sum += error * error;
  }
  return sum;
}

function backMultiplicative(tape: Tape, form: HoltWintersForm, p: HoltWintersParameters) {
  const { values, levels, trends, errors } = tape;
  const m = form.period;
  const seasons = new Float64Array(m);
  const slopes = { alpha: 0, beta: 0, gamma: 0, phi: 0, level: 0, trend: 0, seasons };
  let level = 0;
  let trend = 0;
  for (let t = errors.length - 1; t >= 0; t--) {
    const place = t % m;
    const [value, season, error] = [values[t]!, tape.seasons[t]!, errors[t]!];
    const fading = p.phi * trends[t]!;
    const base = levels[t]! + fading;
    const byLevel = level + p.beta * trend;
    const bySeason = seasons[place]!;
    slopes.alpha += byLevel * (value / season - base);
    slopes.beta += trend * (levels[t + 1]! - levels[t]! - fading);
    slopes.gamma += bySeason * (value / base - season);
    const byBase = (1 - p.alpha) * byLevel - (bySeason * p.gamma * value) / (base * base) - 2 * error * season;
    seasons[place] = (1 - p.gamma) * bySeason - (byLevel * p.alpha * value) / (season * season) - 2 * error * base;
    const byFading = byBase + (1 - p.beta) * trend;
    slopes.phi += trends[t]! * byFading;
    level = byBase - p.beta * trend;
    trend = form.trend === 'none' ? 0 : p.phi * byFading;
  }
  return { ...slopes, level, trend };
}
