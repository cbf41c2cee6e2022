import assert from 'node:assert/strict';
import { test } from 'node:test';
import { autocorrelation } from '../../../lib/series/autocorrelation';
import { classicalDecomposition } from '../../../lib/series/classical-decomposition';
import { fourierTransform } from '../../../lib/series/fourier-transform';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';
import { movingAverage, movingSums } from '../../../lib/series/moving-average';

function noise(n: number, seed: number): Float64Array {
  const next = mersenneTwister(seed);
  return Float64Array.from({ length: n }, () => next() / 2 ** 31 - 1);
}

test('moving sums are the plain sums for every length and width', () => {
  for (const n of [1, 2, 5, 17, 40]) {
    const values = noise(n, n);
    for (let width = 1; width <= n + 1; width++) {
      const plain = Array.from({ length: Math.max(0, n - width + 1) }, (_, i) =>
        values.subarray(i, i + width).reduce((sum, value) => sum + value, 0),
      );
      const sums = movingSums(values, width);
      assert.equal(sums.length, plain.length);
      plain.forEach((sum, i) => assert.ok(Math.abs(sum - sums[i]!) < 1e-14 * width, `n ${n}, width ${width}, at ${i}`));
    }
  }
});

test('a spike leaves no rounding behind it in the moving average', () => {
  const values = new Float64Array(100).fill(0.1);
  values[20] = 1e300;
  const average = movingAverage(values, 5, false);
  assert.ok(Math.abs(average[25]! - 0.1) < 1e-15);
});

test('the parts of a decomposition make up the series, additive and multiplicative, and the season is centred', () => {
  const values = noise(60, 3).map((value, i) => 50 + i + 5 * Math.sin(i) + value);
  const add = classicalDecomposition(values, { model: 'additive', period: 6, extrapolateTrend: 'period' });
  const mul = classicalDecomposition(values, { model: 'multiplicative', period: 6, extrapolateTrend: 'period' });
  values.forEach((value, i) => {
    assert.ok(Math.abs(add.trend[i]! + add.seasonal[i]! + add.resid[i]! - value) < 1e-12);
    assert.ok(Math.abs(mul.trend[i]! * mul.seasonal[i]! * mul.resid[i]! - value) < 1e-12);
  });
  assert.ok(Math.abs(add.seasonal.subarray(0, 6).reduce((sum, value) => sum + value)) < 1e-12);
  assert.ok(Math.abs(mul.seasonal.subarray(0, 6).reduce((sum, value) => sum + value) - 6) < 1e-12);
});

test('what cannot be decomposed is refused with its reason', () => {
  const values = noise(20, 1);
  const attempt =
    (period: number, model: 'additive' | 'multiplicative' = 'additive', input = values) =>
    () =>
      classicalDecomposition(input, { model, period });
  assert.throws(attempt(11), { code: 'SERIES_TOO_SHORT', message: /22 values, but there are 20/ });
  assert.throws(attempt(2.5), { code: 'SERIES_PERIOD' });
  assert.throws(attempt(0), { code: 'SERIES_PERIOD' });
  assert.throws(attempt(2, 'multiplicative'), { code: 'SERIES_NOT_POSITIVE' });
  assert.throws(attempt(2, 'additive', Float64Array.of(1, NaN, 2, 3)), { code: 'SERIES_GAPS', message: /Value 1/ });
});

test('the transform is the plain sum of its definition, for powers of two and other lengths', () => {
  for (const n of [1, 2, 7, 8, 12, 31, 64, 100]) {
    const values = noise(n, 10 + n);
    const [re, im] = [values.slice(), new Float64Array(n)];
    fourierTransform(re, im);
    for (let k = 0; k < n; k++) {
      let [cos, sin] = [0, 0];
      values.forEach((value, j) => {
        cos += value * Math.cos((2 * Math.PI * j * k) / n);
        sin -= value * Math.sin((2 * Math.PI * j * k) / n);
      });
      assert.ok(Math.hypot(re[k]! - cos, im[k]! - sin) < 1e-12, `n ${n}, k ${k}`);
    }
  }
});

test('the autocorrelation by transform is that by direct sums', () => {
  const values = noise(20_000, 5).map((value, i) => value + Math.sin(i / 10));
  const direct = autocorrelation(values, 100);
  const transformed = autocorrelation(values, 1000);
  direct.forEach((value, lag) => assert.ok(Math.abs(value - transformed[lag]!) < 1e-12));
});
