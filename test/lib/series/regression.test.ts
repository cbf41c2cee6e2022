import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linearRegression } from '../../../lib/series/linear-regression';
import { evaluatePolynomial, leverage } from '../../../lib/series/polynomial-fit';
import { polynomialRegression } from '../../../lib/series/polynomial-regression';
import { powerCoefficients } from '../../../lib/series/power-coefficients';
import { predictionInterval } from '../../../lib/series/prediction-interval';
import { trainTestSplit } from '../../../lib/series/train-test-split';

const x = Float64Array.from({ length: 40 }, (_, i) => 1.7e12 + i * 1000 + (i % 3));
const y = x.map((_, i) => 20 + 0.1 * i + Math.sin(i));

test('the line by simple-statistics and the orthogonal polynomial of degree 1 are the same fit on epoch milliseconds', () => {
  const line = linearRegression(x, y);
  const polynomial = polynomialRegression(x, y, 1);
  for (const at of [x[0]!, x[39]!, 1.7e12 + 60_000]) {
    assert.ok(Math.abs(evaluatePolynomial(line, at) - evaluatePolynomial(polynomial, at)) < 1e-12);
    assert.ok(Math.abs(leverage(line, at) / leverage(polynomial, at) - 1) < 1e-11);
  }
  assert.ok(Math.abs(line.residualSquares / polynomial.residualSquares - 1) < 1e-12);
});

test('a slope of 1e-4 per millisecond is found on epoch milliseconds', () => {
  const times = Float64Array.from({ length: 60 }, (_, i) => 1.7e12 + i * 1000);
  const slope = powerCoefficients(
    linearRegression(
      times,
      times.map((t) => (t - 1.7e12) * 1e-4),
    ),
  ).coefficients[1]!;
  assert.ok(Math.abs(slope / 1e-4 - 1) < 1e-12);
});

test('a polynomial is found again at its own degree, up to degree 6', () => {
  for (let degree = 0; degree <= 6; degree++) {
    const values = x.map((t) => ((t - x[0]!) / 20_000 - 1) ** degree);
    const fit = polynomialRegression(x, values, degree);
    assert.ok(fit.residualSquares < 1e-26, `degree ${degree}: ${fit.residualSquares}`);
  }
});

test('the leverages of the points add up to the number of coefficients', () => {
  const fit = polynomialRegression(x, y, 4);
  const sum = x.reduce((total, at) => total + leverage(fit, at), 0);
  assert.ok(Math.abs(sum - 5) < 1e-9);
});

test('fewer different x than coefficients lower the degree instead of giving NaN', () => {
  assert.equal(polynomialRegression(Float64Array.of(1, 1, 2), Float64Array.of(1, 3, 5), 5).coefficients.length, 2);
  assert.equal(linearRegression(Float64Array.of(1, 1), Float64Array.of(1, 3)).coefficients.length, 1);
  const single = predictionInterval(linearRegression(Float64Array.of(1), Float64Array.of(7)), 2, 0.95);
  assert.equal(single.value, 7);
  assert.ok(Number.isNaN(single.lower));
});

test('gaps, nothing, and unequal lengths are refused; the input stays as it was', () => {
  for (const fit of [linearRegression, (a: Float64Array, b: Float64Array) => polynomialRegression(a, b, 2)]) {
    assert.throws(() => fit(Float64Array.of(1, 2), Float64Array.of(1, NaN)), { code: 'SERIES_GAPS' });
    assert.throws(() => fit(new Float64Array(), new Float64Array()), { code: 'SERIES_EMPTY' });
    assert.throws(() => fit(Float64Array.of(1), Float64Array.of(1, 2)), { code: 'SERIES_LENGTHS' });
  }
  const before = [...y];
  polynomialRegression(x, y, 3);
  assert.deepEqual([...y], before);
  assert.throws(() => polynomialRegression(x, y, 2.5), { code: 'SERIES_OPTION' });
});

test('a split takes every point exactly once, and its test part is ceil(n times share)', () => {
  for (const [n, share] of [
    [10, 0.3],
    [144, 0.3],
    [101, 0.2],
    [2, 0.5],
  ] as const) {
    for (const seed of [undefined, 7]) {
      const { train, test: held } = trainTestSplit(n, share, seed);
      assert.equal(held.length, Math.ceil(n * share));
      assert.deepEqual(
        [...train, ...held].sort((a, b) => a - b),
        Array.from({ length: n }, (_, i) => i),
      );
    }
  }
  assert.throws(() => trainTestSplit(1, 0.5), { code: 'SERIES_TOO_SHORT' });
  assert.throws(() => trainTestSplit(10, 1), { code: 'SERIES_OPTION' });
});
