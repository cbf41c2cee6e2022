import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitHoltWinters } from '../../../lib/series/fit-holt-winters';
import { holtWinters, updateHoltWinters, type HoltWintersForm } from '../../../lib/series/holt-winters';
import { holtWintersForecast, holtWintersVariance } from '../../../lib/series/holt-winters-forecast';
import { holtWintersObjective, holtWintersParameters } from '../../../lib/series/holt-winters-objective';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';
import { minimiseBounded } from '../../../lib/series/minimise-bounded';

const forms: HoltWintersForm[] = (['none', 'additive', 'multiplicative'] as const).flatMap((seasonal) =>
  [false, true].flatMap((damped) =>
    (damped ? (['additive'] as const) : (['none', 'additive'] as const)).map((trend) => ({
      trend,
      damped,
      seasonal,
      period: 4,
    })),
  ),
);
const next = mersenneTwister(11);
const values = Float64Array.from(
  { length: 60 },
  (_, i) => 20 + 0.2 * i + 3 * Math.sin((i * Math.PI) / 2) + next() / 2 ** 32,
);
const nameOf = ({ trend, damped, seasonal }: HoltWintersForm) =>
  `trend ${trend}${damped ? ' damped' : ''}, season ${seasonal}`;

function pointOf(form: HoltWintersForm): Float64Array {
  const season = form.seasonal === 'multiplicative' ? [1.1, 0.95, 0.9, 1.05] : [1, 2, -1, -2];
  return Float64Array.from([
    0.3,
    ...(form.trend === 'none' ? [] : [0.2]),
    ...(form.seasonal === 'none' ? [] : [0.4]),
    ...(form.damped ? [0.95] : []),
    19,
    ...(form.trend === 'none' ? [] : [0.3]),
    ...(form.seasonal === 'none' ? [] : season),
  ]);
}

for (const form of forms) {
  test(`${nameOf(form)}: the gradient in reverse mode is that of central differences`, () => {
    const objective = holtWintersObjective(values, form);
    const x = pointOf(form);
    const gradient = new Float64Array(x.length);
    objective(x, gradient);
    const scratch = new Float64Array(x.length);
    for (let i = 0; i < x.length; i++) {
      const moved = (by: number) =>
        objective(
          x.map((value, k) => (k === i ? value + by : value)),
          scratch,
        );
      const difference = (moved(1e-5) - moved(-1e-5)) / 2e-5;
      assert.ok(
        Math.abs(gradient[i]! - difference) <= 1e-6 * Math.max(1, Math.abs(difference)),
        `${i}: ${gradient[i]} and ${difference}`,
      );
    }
  });

  test(`${nameOf(form)}: the objective is the sum of squares of the recursion`, () => {
    const x = pointOf(form);
    const sum = holtWintersObjective(values, form)(x, new Float64Array(x.length));
    const run = holtWinters(values, form, holtWintersParameters(x, form));
    assert.ok(Math.abs(sum / run.squaredErrors - 1) < 1e-12);
  });

  test(`${nameOf(form)}: value by value the state ends where the whole series ends`, () => {
    const parameters = holtWintersParameters(pointOf(form), form);
    const whole = holtWinters(values, form, parameters).state;
    const head = holtWinters(values.subarray(0, 41), form, parameters).state;
    const state = values.subarray(41).reduce((at, value) => updateHoltWinters(at, value, form, parameters), head);
    const [a, b] = [state, whole].map((at) => holtWintersForecast(at, form, parameters.phi, 9));
    a!.forEach((value, i) => assert.ok(Math.abs(value - b![i]!) < 1e-9));
  });

  test(`${nameOf(form)}: a fit is at least as good as every point of a coarse grid, and is a stationary point or on a bound`, () => {
    const fit = fitHoltWinters(values, form);
    for (const alpha of [0.1, 0.5, 0.9]) {
      const other = holtWinters(values, form, { ...fit.parameters, alpha });
      assert.ok(fit.squaredErrors <= other.squaredErrors * (1 + 1e-9));
    }
    assert.ok(fit.fitted.every(Number.isFinite));
  });
}

test('the variance grows with the horizon, and jumps by gamma at a whole season', () => {
  const form = { trend: 'additive', damped: false, seasonal: 'additive', period: 4 } as const;
  const variance = holtWintersVariance(form, { alpha: 0.2, beta: 0.1, gamma: 0.5, phi: 1 }, 12);
  for (let h = 1; h < 12; h++) assert.ok(variance[h]! > variance[h - 1]!);
  assert.ok(variance[4]! - variance[3]! > 5 * (variance[3]! - variance[2]!));
});

test('a constant series is fitted without error and carried on', () => {
  const constant = new Float64Array(30).fill(42);
  for (const form of forms) {
    const fit = fitHoltWinters(constant, form);
    assert.ok(fit.squaredErrors < 1e-18, nameOf(form));
    holtWintersForecast(fit.state, form, fit.parameters.phi, 6).forEach((value) =>
      assert.ok(Math.abs(value - 42) < 1e-8),
    );
  }
});

test('what cannot be smoothed is refused with its reason', () => {
  const form = { trend: 'none', damped: false, seasonal: 'multiplicative', period: 4 } as const;
  assert.throws(() => fitHoltWinters(Float64Array.of(1, 2, 3), form), { code: 'SERIES_TOO_SHORT' });
  assert.throws(
    () =>
      fitHoltWinters(
        values.map((value, i) => (i === 5 ? 0 : value)),
        form,
      ),
    { code: 'SERIES_NOT_POSITIVE' },
  );
  assert.throws(
    () =>
      fitHoltWinters(
        values.map((value, i) => (i === 5 ? NaN : value)),
        form,
      ),
    { code: 'SERIES_GAPS' },
  );
  assert.throws(() => fitHoltWinters(values, { ...form, period: 1 }), { code: 'SERIES_PERIOD' });
});

test('the optimiser finds the valley of Rosenbrock, free and with the minimum outside of the box', () => {
  const rosenbrock = (x: Float64Array, gradient: Float64Array) => {
    const [a, b] = [x[0]!, x[1]!];
    gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a);
    gradient[1] = 200 * (b - a * a);
    return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
  };
  const open = { lower: Float64Array.of(-5, -5), upper: Float64Array.of(5, 5) };
  const free = minimiseBounded(rosenbrock, Float64Array.of(-1.2, 1), open);
  assert.ok(Math.abs(free.x[0]! - 1) < 1e-4 && Math.abs(free.x[1]! - 1) < 1e-4);
  const bounded = minimiseBounded(rosenbrock, Float64Array.of(-1.2, 1), { ...open, upper: Float64Array.of(0.5, 5) });
  assert.ok(Math.abs(bounded.x[0]! - 0.5) < 1e-12 && Math.abs(bounded.x[1]! - 0.25) < 1e-4);
});
