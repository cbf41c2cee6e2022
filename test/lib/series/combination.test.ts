import assert from 'node:assert/strict';
import { test } from 'node:test';
import { combinedForecaster } from '../../../lib/series/combined-forecaster';
import { hedgedWeights } from '../../../lib/series/hedged-weights';
import type { JudgedForecast } from '../../../lib/series/judged-forecast';
import { driftForecaster, seasonalNaiveForecaster } from '../../../lib/series/naive-forecaster';
import { trainingSeries } from '../../../lib/series/training-series';
import { weightedCentre } from '../../../lib/series/weighted-centre';

/** Forecasts of one step that come, one after the other, this far from the value. */
function forecastsOff(errors: readonly number[]): JudgedForecast[] {
  const one = Float64Array.of(1);
  return errors.map((error, k) => ({
    ...{ times: Float64Array.of(k), actual: Float64Array.of(0), predicted: Float64Array.of(error) },
    halves: { below: one, above: one },
  }));
}

function naiveWeight(errors: readonly number[], naiveErrors: readonly number[]): number {
  const naive = forecastsOff(naiveErrors);
  const weighed = [
    { method: { family: 'theta', forecasts: forecastsOff(errors) }, weight: 1 },
    { method: { family: 'seasonal-naive', forecasts: naive }, weight: 0 },
  ];
  return hedgedWeights(weighed, naive)[1]!.weight;
}

test('a lead over the seasonal naive forecast in every earlier forecast is kept, one by chance is given up in part', () => {
  assert.ok(naiveWeight([1, 1.1, 0.9, 1], [2, 2.2, 1.9, 2.1]) < 0.001);
  const chance = naiveWeight([1, 4, 1, 3], [2, 3, 3, 1.5]);
  assert.ok(chance > 0.3 && chance < 0.6, String(chance));
  assert.ok(naiveWeight([2, 2.2, 1.9, 2.1], [1, 1.1, 0.9, 1]) > 0.999);
});

test('a single earlier forecast proves nothing, the weights stay', () => {
  assert.equal(naiveWeight([1], [9]), 0);
});

test('a forecast that runs away moves the centre less than the mean, one that is not finite not at all', () => {
  const near = [Float64Array.of(10), Float64Array.of(11), Float64Array.of(12)];
  const [centre] = weightedCentre([...near, Float64Array.of(1000)], [1, 1, 1, 1]);
  assert.ok(centre! < 140, String(centre));
  assert.deepEqual(weightedCentre([...near, Float64Array.of(Infinity)], [1, 1, 1, 1]), Float64Array.of(11));
  assert.deepEqual(weightedCentre([Float64Array.of(NaN)], [1]), Float64Array.of(NaN));
});

test('the interval of a combination lies around its forecast and is as wide as the mean of theirs', () => {
  const values = Float64Array.from({ length: 30 }, (_, i) => i + Math.sin(i * i));
  const training = trainingSeries(
    values.map((_, i) => i),
    values,
    1,
  );
  const ahead = Float64Array.of(30, 31);
  const widths = [seasonalNaiveForecaster, driftForecaster].map((method) => {
    const { lower, upper } = method.fit(training).bounds(ahead, 0.8);
    return upper[1]! - lower[1]!;
  });
  const fitted = combinedForecaster([seasonalNaiveForecaster, driftForecaster], [3, 1]).fit(training);
  const { lower, upper } = fitted.bounds(ahead, 0.8);
  assert.ok(Math.abs(upper[1]! - lower[1]! - (0.75 * widths[0]! + 0.25 * widths[1]!)) < 1e-9);
  assert.ok(Math.abs((upper[1]! + lower[1]!) / 2 - fitted.forecast(ahead)[1]!) < 1e-9);
});
