import assert from 'node:assert/strict';
import { test } from 'node:test';
import { localFit, loess } from '../../../lib/series/loess';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';
import { mstl } from '../../../lib/series/mstl';
import { median, quickselect } from '../../../lib/series/quickselect';
import { robustSpread } from '../../../lib/series/robust-spread';
import { stl } from '../../../lib/series/stl';

function noise(n: number, seed: number): Float64Array {
  const next = mersenneTwister(seed);
  return Float64Array.from({ length: n }, () => next() / 2 ** 31 - 1);
}

test('LOESS at every point is the local fit there, with and without robustness weights', () => {
  const values = noise(60, 1);
  const robustness = noise(60, 2).map((value) => (value < -0.8 ? 0 : Math.abs(value)));
  for (const window of [3, 7, 21]) {
    for (const degree of [0, 1] as const) {
      for (const weights of [undefined, robustness]) {
        const options = { window, degree, jump: 1 };
        const smooth = loess(values, options, weights, new Float64Array(60));
        const half = (window - 1) / 2;
        for (let i = 0; i < 60; i++) {
          const left = Math.min(Math.max(0, i - half), 60 - window);
          const fit = localFit(values, options, i, left, left + window - 1, weights);
          assert.ok(
            Math.abs(smooth[i]! - (Number.isNaN(fit) ? values[i]! : fit)) < 1e-12,
            `window ${window}, degree ${degree}, at ${i}`,
          );
        }
      }
    }
  }
});

test('a straight line and its season come apart, and the parts make up the series', () => {
  const season = [3, -1, 0, -2];
  const values = Float64Array.from({ length: 80 }, (_, i) => 5 + 0.1 * i + season[i % 4]!);
  const { trend, seasonal, resid } = stl(values, { period: 4, seasonal: 'periodic' });
  values.forEach((value, i) => {
    assert.ok(Math.abs(trend[i]! + seasonal[i]! + resid[i]! - value) < 1e-12);
    assert.ok(Math.abs(resid[i]!) < 1e-4, `${i}: ${resid[i]}`);
  });
});

test('an outlier of a hundred times the noise moves a robust season that does not change by less than the noise', () => {
  const clean = noise(240, 3).map((value, i) => 10 + 2 * Math.sin((2 * Math.PI * i) / 12) + 0.1 * value);
  const spiked = clean.map((value, i) => (i === 100 ? value + 10 : value));
  const [before, after] = [clean, spiked].map((values) =>
    stl(values, { period: 12, seasonal: 'periodic', robust: true }),
  );
  const moved = before!.seasonal.map((value, i) => Math.abs(value - after!.seasonal[i]!));
  assert.ok(Math.max(...moved) < 0.1, String(Math.max(...moved)));
  assert.equal(after!.weights[100], 0);
  assert.ok(after!.resid[100]! > 9);
});

test('what STL cannot take is refused with its reason', () => {
  const values = noise(30, 4);
  assert.throws(() => stl(values, { period: 1 }), { code: 'SERIES_PERIOD' });
  assert.throws(() => stl(values, { period: 16 }), { code: 'SERIES_TOO_SHORT' });
  assert.throws(() => stl(values, { period: 4, seasonal: 8 }), { code: 'SERIES_OPTION', message: /odd number from 3/ });
  assert.throws(
    () =>
      stl(
        values.map((value, i) => (i === 2 ? NaN : value)),
        { period: 4 },
      ),
    { code: 'SERIES_GAPS' },
  );
});

test('two seasons come apart, given in any order, and a period of half the series is left out', () => {
  const values = Float64Array.from(
    { length: 400 },
    (_, i) => Math.sin((2 * Math.PI * i) / 8) + 2 * Math.sin((2 * Math.PI * i) / 40),
  );
  const parts = mstl(values, { periods: [40, 8, 300] });
  assert.deepEqual(parts.periods, [8, 40]);
  for (let i = 60; i < 340; i++) {
    assert.ok(Math.abs(parts.seasonals[0]![i]! - Math.sin((2 * Math.PI * i) / 8)) < 0.05);
    assert.ok(Math.abs(parts.seasonals[1]![i]! - 2 * Math.sin((2 * Math.PI * i) / 40)) < 0.05);
  }
  assert.throws(() => mstl(values, { periods: [] }), { code: 'SERIES_OPTION' });
  assert.throws(() => mstl(values, { periods: [8], windows: [7, 7] }), { code: 'SERIES_OPTION' });
  assert.throws(() => mstl(values, { periods: [200] }), { code: 'SERIES_TOO_SHORT' });
});

test('quickselect and median agree with sorting, also on ties', () => {
  for (let n = 1; n < 40; n++) {
    const values = noise(n, n).map((value) => Math.round(value * 5));
    const sorted = values.slice().sort();
    for (let k = 0; k < n; k++) assert.ok(quickselect(values.slice(), k) === sorted[k]);
    assert.ok(median(values) === (sorted[(n - 1) >> 1]! + sorted[n >> 1]!) / 2);
  }
  assert.ok(Number.isNaN(median(Float64Array.of(NaN))));
});

test('when most values are equal, the spread is 0, so that the others are infinitely far and the equal ones not at all', () => {
  const values = Float64Array.of(5, 5, 5, 6, 4);
  const { median: middle, sigma } = robustSpread(values);
  const scores = [...values].map((value) => (value === middle ? 0 : (value - middle) / sigma));
  assert.deepEqual(scores, [0, 0, 0, Infinity, -Infinity]);
});
