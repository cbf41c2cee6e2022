import { choleskySolve } from './cholesky-solve';
import type { FittedForecaster, Forecaster } from './forecaster';
import type { HarmonicState } from './forecaster-state';
import { studentTQuantile } from './student-t-quantile';

const MOST_HARMONICS = 10;

/**
 * Seasonal regression: a straight line plus sines and cosines of the season and its overtones, by least squares. How
 * many overtones is chosen by AICc, at most ten.
 *
 * Smooth seasons, however long, with few parameters; a level that wanders is beyond it. Without a season it is the
 * straight line. Gap policy: missing values are left out. Intervals: those of least squares (Student's t). Reference:
 * Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., 7.4. Cost: n × (2 harmonics + 2)² for each
 * number tried.
 *
 * @example
 * const values = Float64Array.from({ length: 48 }, (_, i) => 3 + Math.sin((2 * Math.PI * i) / 12));
 * const fitted = harmonicForecaster.fit({ times: values, values, filled: values, period: 12 });
 * Math.abs(fitted.forecast(Float64Array.of(48, 49, 50, 51))[3] - 4) < 1e-9; // => true
 */
export const harmonicForecaster: Forecaster = {
  minimum: (period) => Math.max(6, period + 2),
  fit: ({ values, period }) => {
    const n = values.length;
    const known = values.reduce((count, value) => count + Number(!Number.isNaN(value)), 0);
    const most = period < 2 ? 0 : Math.min(MOST_HARMONICS, Math.floor(period / 2), Math.floor((known - 5) / 2));
    let best = fitHarmonics(values, period, Math.min(1, most));
    for (let harmonics = 2; harmonics <= most; harmonics++) {
      const next = fitHarmonics(values, period, harmonics);
      if (next.criterion < best.criterion) best = next;
    }
    const { solution, inverse, harmonics, variance, degreesOfFreedom } = best;
    return resumeHarmonics({
      ...{ kind: 'harmonics', points: n, since: 0, period },
      ...{ harmonics, solution, inverse, variance, degreesOfFreedom },
    });
  },
};

/**
 * Seasonal regression from its state. Values that come move its place in the season, not the curve: that is learned
 * anew by the next fit.
 *
 * @example
 * const values = Float64Array.from({ length: 48 }, (_, i) => Math.sin((2 * Math.PI * i) / 12));
 * const fitted = harmonicForecaster.fit({ times: values, values, filled: values, period: 12 });
 * Math.abs(resumeHarmonics(fitted.state).next(0).next(0).forecast(Float64Array.of(50, 51))[1] - 1) < 1e-9; // => true
 */
export function resumeHarmonics(state: HarmonicState): FittedForecaster {
  const { points, since, period, harmonics, solution, inverse, variance, degreesOfFreedom } = state;
  const at = (i: number) => basis(points + since + i, points, period, harmonics);
  const forecast = (times: Float64Array) => times.map((_, i) => product(solution, at(i)));
  return {
    forecast,
    bounds: (times, level) => {
      const t = studentTQuantile((1 + level) / 2, degreesOfFreedom);
      const half = times.map((_, i) => {
        const row = at(i);
        const own = row.reduce((sum, value, k) => sum + value * product(inverse[k]!, row), 0);
        return t * Math.sqrt(variance * (1 + own));
      });
      const values = forecast(times);
      return { lower: values.map((value, i) => value - half[i]!), upper: values.map((value, i) => value + half[i]!) };
    },
    parameters: { harmonics, coefficients: solution },
    state,
    next: () => resumeHarmonics({ ...state, since: since + 1 }),
  };
}

function fitHarmonics(values: Float64Array, period: number, harmonics: number) {
  const n = values.length;
  const size = basis(0, n, period, harmonics).length;
  const matrix = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  const right = new Array<number>(size).fill(0);
  let known = 0;
  for (let i = 0; i < n; i++) {
    if (Number.isNaN(values[i]!)) continue;
    known++;
    const row = basis(i, n, period, harmonics);
    for (let a = 0; a < size; a++) {
      right[a]! += row[a]! * values[i]!;
      for (let b = 0; b <= a; b++) matrix[a]![b]! += row[a]! * row[b]!;
    }
  }
  for (let a = 0; a < size; a++) for (let b = 0; b < a; b++) matrix[b]![a] = matrix[a]![b]!;
  const { solution, inverse } = choleskySolve(matrix, right);
  let squares = 0;
  for (let i = 0; i < n; i++)
    if (!Number.isNaN(values[i]!)) squares += (values[i]! - product(solution, basis(i, n, period, harmonics))) ** 2;
  const degreesOfFreedom = known - size;
  const k = size + 1;
  const correction = known - k - 1 > 0 ? (2 * k * (k + 1)) / (known - k - 1) : Infinity;
  const criterion = known * Math.log(Math.max(Number.MIN_VALUE, squares) / known) + 2 * k + correction;
  return { solution, inverse, harmonics, criterion, degreesOfFreedom, variance: squares / degreesOfFreedom };
}

/** 1, time from -1 to 1, then cosine and sine of each harmonic (of half the period: the cosine alone). */
function basis(i: number, n: number, period: number, harmonics: number): number[] {
  const row = [1, (2 * i) / (n - 1) - 1];
  for (let k = 1; k <= harmonics; k++) {
    const angle = (2 * Math.PI * ((i * k) % period)) / period;
    row.push(Math.cos(angle));
    if (2 * k !== period) row.push(Math.sin(angle));
  }
  return row;
}

function product(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0);
}
