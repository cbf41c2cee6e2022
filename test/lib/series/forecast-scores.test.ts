import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backTest, rollingOrigins } from '../../../lib/series/back-test';
import { drift, driftSpread } from '../../../lib/series/drift';
import { forecastScores } from '../../../lib/series/forecast-scores';
import { rSquared } from '../../../lib/series/r-squared';
import { seasonalNaive } from '../../../lib/series/seasonal-naive';

test('a perfect forecast scores 1 in R², and 0 in every error', () => {
  const values = Float64Array.of(1, 5, 2);
  const scores = forecastScores(values, values, { values: Float64Array.of(1, 2), period: 1 });
  assert.deepEqual(scores, { r2: 1, mae: 0, rmse: 0, bias: 0, mapePct: 0, smapePct: 0, mase: 0 });
});

test('scores pass over points where either side is missing', () => {
  const scores = forecastScores(Float64Array.of(1, NaN, 3, 9), Float64Array.of(2, 5, 4, NaN));
  assert.equal(scores.mae, 1);
  assert.equal(scores.bias, 1);
  assert.ok(Number.isNaN(scores.mase));
});

test('R² of a constant is 1 when it is met and 0 when it is missed; one point has none', () => {
  assert.equal(rSquared(Float64Array.of(4, 4), Float64Array.of(4, 4)), 1);
  assert.equal(rSquared(Float64Array.of(4, 4), Float64Array.of(4, 5)), 0);
  assert.ok(Number.isNaN(rSquared(Float64Array.of(4), Float64Array.of(4))));
});

test('MASE against a constant training part is undefined, not infinite', () => {
  assert.ok(
    Number.isNaN(
      forecastScores(Float64Array.of(1), Float64Array.of(2), { values: Float64Array.of(3, 3), period: 1 }).mase,
    ),
  );
});

test('seasonal naive passes over a gap to the season before it', () => {
  assert.deepEqual([...seasonalNaive(Float64Array.of(1, 2, 3, NaN), 2, 4)], [3, 2, 3, 2]);
  assert.deepEqual([...seasonalNaive(Float64Array.of(NaN, NaN), 2, 2)], [NaN, NaN]);
  assert.throws(() => seasonalNaive(Float64Array.of(1), 2, 2), { code: 'SERIES_TOO_SHORT' });
  assert.throws(() => seasonalNaive(Float64Array.of(1), 0, 2), { code: 'SERIES_PERIOD' });
});

test('drift counts its steps from the last known value, and its spread grows', () => {
  assert.deepEqual([...drift(Float64Array.of(NaN, 0, 1, NaN, 3, NaN), 2)], [5, 6]);
  const spread = driftSpread(Float64Array.of(0, 1, 0, 2, 1, 3), 5);
  for (let i = 1; i < 5; i++) assert.ok(spread[i]! > spread[i - 1]!);
  assert.throws(() => drift(Float64Array.of(1, NaN), 1), { code: 'SERIES_TOO_SHORT' });
});

test('a back-test never shows a method what it is judged by', () => {
  const values = Float64Array.from({ length: 50 }, (_, i) => i);
  const seen: number[] = [];
  const folds = backTest(
    values,
    (training, horizon) => {
      seen.push(training.length);
      return new Float64Array(horizon).fill(training.at(-1)!);
    },
    { horizon: 5, origins: rollingOrigins(50, { horizon: 5, folds: 3, step: 5, minimum: 10 }), period: 1 },
  );
  assert.deepEqual(seen, [35, 40, 45]);
  assert.deepEqual(
    folds.map(({ scores }) => scores.mae),
    [3, 3, 3],
  );
  assert.throws(() => backTest(values, () => new Float64Array(1), { horizon: 1, origins: [50], period: 1 }), {
    code: 'SERIES_OPTION',
  });
});

test('a short series gets as many origins as there is room for', () => {
  assert.deepEqual(rollingOrigins(20, { horizon: 5, folds: 10, step: 5, minimum: 8 }), [10, 15]);
  assert.deepEqual(rollingOrigins(10, { horizon: 5, folds: 10, step: 5, minimum: 8 }), []);
});
