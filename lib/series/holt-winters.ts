/** Which parts an exponential smoothing has. */
export interface HoltWintersForm {
  readonly trend: 'none' | 'additive';
  /** The trend fades by `phi` each step. */
  readonly damped: boolean;
  readonly seasonal: 'none' | 'additive' | 'multiplicative';
  /** Samples of one season; without meaning when there is none. */
  readonly period: number;
}

/** Smoothing parameters (0 to 1) and the states before the first value. Absent parts are 0, `phi` then 1. */
export interface HoltWintersParameters {
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly phi: number;
  readonly level: number;
  readonly trend: number;
  /** One for each place of the season, that of the first value first. */
  readonly seasons: Float64Array;
}

/** Where the smoothing stands after a value; the season of the next value comes first. */
export interface HoltWintersState {
  readonly level: number;
  readonly trend: number;
  readonly seasons: Float64Array;
}

export interface HoltWintersRun {
  /** Forecast of each value from those before it. */
  readonly fitted: Float64Array;
  /** Sum of the squared errors of `fitted`. */
  readonly squaredErrors: number;
  readonly state: HoltWintersState;
}

/**
 * Exponential smoothing of a series: simple, Holt's trend, Holt and Winters' season, by its recursion.
 *
 * With q = level + phi trend: additive level' = q + alpha e, seasonal' = seasonal + gamma e; multiplicative level' =
 * alpha y / seasonal + (1 - alpha) q, seasonal' = gamma y / q + (1 - gamma) seasonal; trend' = beta (level' - level) +
 * (1 - beta) phi trend. Reference: Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 8;
 * statsmodels `ExponentialSmoothing`. Gap policy: none may be missing. Cost: linear. Accuracy: relative 1e-13 against
 * statsmodels.
 *
 * @example
 * const form = { trend: 'none', damped: false, seasonal: 'none', period: 1 };
 * holtWinters(Float64Array.of(1, 2), form, { alpha: 0.5, beta: 0, gamma: 0, phi: 1, level: 1, trend: 0, seasons: new Float64Array(0) }).state.level; // => 1.5
 */
export function holtWinters(
  values: Float64Array,
  form: HoltWintersForm,
  parameters: HoltWintersParameters,
): HoltWintersRun {
  const fitted = new Float64Array(values.length);
  let state: HoltWintersState = { ...parameters, seasons: parameters.seasons.slice() };
  let { level, trend } = state;
  const seasons = state.seasons;
  let squaredErrors = 0;
  const m = form.seasonal === 'none' ? 1 : form.period;
  for (let t = 0; t < values.length; t++) {
    const place = t % m;
    const next = step(values[t]!, { level, trend, season: seasons[place] ?? 0 }, form, parameters);
    fitted[t] = next.fitted;
    squaredErrors += (values[t]! - next.fitted) ** 2;
    ({ level, trend } = next);
    if (form.seasonal !== 'none') seasons[place] = next.season;
  }
  const shift = values.length % m;
  state = { level, trend, seasons: form.seasonal === 'none' ? seasons : rotated(seasons, shift) };
  return { fitted, squaredErrors, state };
}

/**
 * The state after one more value: how a forecast follows live readings without a new fit.
 *
 * @example
 * const form = { trend: 'none', damped: false, seasonal: 'none', period: 1 };
 * const parameters = { alpha: 0.5, beta: 0, gamma: 0, phi: 1, level: 1, trend: 0, seasons: new Float64Array(0) };
 * updateHoltWinters({ level: 2, trend: 0, seasons: new Float64Array(0) }, 4, form, parameters).level; // => 3
 */
export function updateHoltWinters(
  { level, trend, seasons }: HoltWintersState,
  value: number,
  form: HoltWintersForm,
  parameters: HoltWintersParameters,
): HoltWintersState {
  const next = step(value, { level, trend, season: seasons[0] ?? 0 }, form, parameters);
  if (form.seasonal === 'none') return { level: next.level, trend: next.trend, seasons };
  const moved = rotated(seasons, 1);
  moved[moved.length - 1] = next.season;
  return { level: next.level, trend: next.trend, seasons: moved };
}

interface OneStep {
  readonly level: number;
  readonly trend: number;
  readonly season: number;
}

function step(
  value: number,
  { level, trend, season }: OneStep,
  form: HoltWintersForm,
  parameters: HoltWintersParameters,
) {
  const { alpha, beta, gamma, phi } = parameters;
  const base = level + phi * trend;
  const multiplicative = form.seasonal === 'multiplicative';
  const fitted = multiplicative ? base * season : base + season;
  const deseasonalised = multiplicative ? value / season : value - season;
  const nextLevel = alpha * deseasonalised + (1 - alpha) * base;
  const detrended = multiplicative ? value / base : value - base;
  return {
    fitted,
    level: nextLevel,
    trend: form.trend === 'none' ? 0 : beta * (nextLevel - level) + (1 - beta) * phi * trend,
    season: form.seasonal === 'none' ? 0 : gamma * detrended + (1 - gamma) * season,
  };
}

function rotated(seasons: Float64Array, by: number): Float64Array {
  const moved = new Float64Array(seasons.length);
  moved.set(seasons.subarray(by));
  moved.set(seasons.subarray(0, by), seasons.length - by);
  return moved;
}
