import { TwinError } from '../reading/twin-error';
import { holtWinters, type HoltWintersForm, type HoltWintersParameters, type HoltWintersRun } from './holt-winters';
import { holtWintersLayout, holtWintersObjective, holtWintersParameters } from './holt-winters-objective';
import { minimiseBounded, type Minimum } from './minimise-bounded';

export interface HoltWintersFit extends HoltWintersRun {
  readonly form: HoltWintersForm;
  readonly parameters: HoltWintersParameters;
}

/** Starting points of alpha, beta and gamma (share of 1 - alpha). */
const ALPHAS = [0.05, 0.3, 0.7, 0.97];
const BETAS = [0.005, 0.1, 0.5];
const GAMMAS = [0.01, 0.3, 0.8];
/** Bounds of statsmodels and R. */
const SMOOTHING = [1e-4, 0.9999] as const;
const DAMPING = [0.8, 0.995] as const;

/**
 * Exponential smoothing fitted to a series: all smoothing parameters and initial states by least squares of the
 * one-step errors, with an exact gradient and limited-memory BFGS from several starts.
 *
 * The parameters stay within those of statsmodels and R: 0.0001 to 0.9999, gamma at most 1 - alpha, phi 0.8 to 0.995.
 * Gap policy: none may be missing. Cost: some hundred passes over the series. Accuracy: sum of squares at most that of
 * statsmodels, relative 1e-3. Errors: `SERIES_TOO_SHORT` fewer than two seasons (without season: three values),
 * `SERIES_GAPS`, `SERIES_NOT_POSITIVE` multiplicative with values of 0 or below, `SERIES_PERIOD` season below 2
 * samples, `SERIES_FIT` none found.
 *
 * @example
 * const values = Float64Array.from({ length: 24 }, (_, i) => 10 + i + (i % 4));
 * fitHoltWinters(values, { trend: 'additive', damped: false, seasonal: 'additive', period: 4 }).squaredErrors < 1e-6; // => true
 */
export function fitHoltWinters(values: Float64Array, form: HoltWintersForm): HoltWintersFit {
  check(values, form);
  const { shift, scale } = unitOf(values, form);
  const scaled = values.map((value) => (value - shift) / scale);
  const objective = holtWintersObjective(scaled, form);
  const box = bounds(form);
  const scratch = new Float64Array(box.lower.length);
  // A quick and a slow trend (without one: season) are often two minima: the best start of each is refined.
  const layout = holtWintersLayout(form);
  const kind = layout.beta >= 0 ? layout.beta : layout.gammaShare;
  const starts = new Map<number, { x: Float64Array; value: number }>();
  for (const x of startingPoints(scaled, form)) {
    const value = objective(x, scratch);
    if (!(value > (starts.get(x[kind] ?? 0)?.value ?? Infinity))) starts.set(x[kind] ?? 0, { x, value });
  }
  const best = Array.from(starts.values(), ({ x }) => minimiseBounded(objective, x, box)).reduce(
    (least: Minimum, other) => (other.value < least.value ? other : least),
  );
  if (!Number.isFinite(best.value)) {
    throw new TwinError(
      'SERIES_FIT',
      'No exponential smoothing with a multiplicative season fits these values: use the additive one',
    );
  }
  const inUnits = holtWintersParameters(best.x, form);
  const parameters = {
    ...inUnits,
    level: inUnits.level * scale + shift,
    trend: inUnits.trend * scale,
    seasons: form.seasonal === 'multiplicative' ? inUnits.seasons : inUnits.seasons.map((season) => season * scale),
  };
  return { form, parameters, ...holtWinters(values, form, parameters) };
}

function check(values: Float64Array, { seasonal, period }: HoltWintersForm): void {
  const gap = values.findIndex((value) => !Number.isFinite(value));
  if (gap >= 0) throw new TwinError('SERIES_GAPS', `Value ${gap} is ${values[gap]}: fill the gaps before smoothing`);
  if (seasonal !== 'none' && !(Number.isInteger(period) && period >= 2)) {
    throw new TwinError(
      'SERIES_PERIOD',
      `Smoothing with a season needs a whole period of 2 samples or more, got ${period}`,
    );
  }
  const needed = seasonal === 'none' ? 3 : 2 * period;
  if (values.length < needed) {
    throw new TwinError(
      'SERIES_TOO_SHORT',
      `Exponential smoothing needs ${needed} values, but there are ${values.length}`,
      {
        facts: { length: values.length, needed },
      },
    );
  }
  const low = seasonal === 'multiplicative' ? values.findIndex((value) => value <= 0) : -1;
  if (low >= 0) {
    throw new TwinError(
      'SERIES_NOT_POSITIVE',
      `Value ${low} is ${values[low]}: a multiplicative season needs values above 0, use the additive one`,
    );
  }
}

/** Values of the size of one, so that all variables of the optimiser are; a multiplicative season allows no shift. */
function unitOf(values: Float64Array, { seasonal }: HoltWintersForm): { shift: number; scale: number } {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  if (seasonal === 'multiplicative') return { shift: 0, scale: mean };
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0));
  return { shift: mean, scale: spread > 1e-13 * Math.abs(mean) ? spread : 1 };
}

function bounds(form: HoltWintersForm) {
  const layout = holtWintersLayout(form);
  const lower = new Float64Array(layout.size).fill(-Infinity);
  const upper = new Float64Array(layout.size).fill(Infinity);
  const within = (place: number, [least, most]: readonly [number, number]): void => {
    if (place < 0) return;
    lower[place] = least;
    upper[place] = most;
  };
  within(layout.alpha, SMOOTHING);
  within(layout.beta, SMOOTHING);
  within(layout.gammaShare, SMOOTHING);
  within(layout.phi, DAMPING);
  if (form.seasonal === 'multiplicative') lower.fill(1e-3, layout.seasons);
  return { lower, upper };
}

function startingPoints(values: Float64Array, form: HoltWintersForm): Float64Array[] {
  const layout = holtWintersLayout(form);
  const { level, trend, seasons } = initialState(values, form);
  const points: Float64Array[] = [];
  for (const alpha of ALPHAS) {
    for (const beta of layout.beta < 0 ? [0] : BETAS) {
      for (const gamma of layout.gammaShare < 0 ? [0] : GAMMAS) {
        const x = new Float64Array(layout.size);
        x[layout.alpha] = alpha;
        if (layout.beta >= 0) x[layout.beta] = beta;
        if (layout.gammaShare >= 0) x[layout.gammaShare] = gamma;
        if (layout.phi >= 0) x[layout.phi] = 0.97;
        x[layout.level] = level;
        if (layout.trend >= 0) x[layout.trend] = trend;
        if (layout.seasons >= 0) x.set(seasons, layout.seasons);
        points.push(x);
      }
    }
  }
  return points;
}

/** Level and trend from the first seasons (or the first ten values), the season as mean over up to five of them. */
function initialState(values: Float64Array, { trend, seasonal, period }: HoltWintersForm) {
  if (seasonal === 'none') {
    const head = values.subarray(0, Math.min(10, values.length));
    const slope = trend === 'none' ? 0 : (head.at(-1)! - head[0]!) / (head.length - 1);
    return { level: head[0]! - slope, trend: slope, seasons: new Float64Array(0) };
  }
  const cycles = Math.min(5, Math.floor(values.length / period));
  const means = Array.from({ length: cycles }, (_, k) => mean(values.subarray(k * period, (k + 1) * period)));
  const slope = trend === 'none' ? 0 : (means.at(-1)! - means[0]!) / ((cycles - 1) * period);
  const seasons = new Float64Array(period);
  for (let place = 0; place < period; place++) {
    for (let k = 0; k < cycles; k++) {
      const base = means[k]! + slope * (place - (period - 1) / 2);
      const value = values[k * period + place]!;
      seasons[place]! += (seasonal === 'multiplicative' ? value / base : value - base) / cycles;
    }
  }
  return { level: means[0]! - (slope * (period + 1)) / 2, trend: slope, seasons };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
