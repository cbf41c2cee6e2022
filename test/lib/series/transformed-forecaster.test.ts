import assert from 'node:assert/strict';
import { test } from 'node:test';
import { autoregressionForecaster } from '../../../lib/series/autoregression-forecaster';
import { boxCox, inverseBoxCox } from '../../../lib/series/box-cox';
import { burgAutoregression } from '../../../lib/series/burg-autoregression';
import { chooseMethod } from '../../../lib/series/choose-method';
import { forecastSeries, type ForecastOptions } from '../../../lib/series/forecast-series';
import { guerreroLambda } from '../../../lib/series/guerrero-lambda';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';

function gaussian(seed: number): () => number {
  const next = mersenneTwister(seed);
  const uniform = () => (next() + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
const season = (i: number): number => Math.sin((2 * Math.PI * i) / 12);
const hourly = (values: Float64Array) => ({ times: values.map((_, i) => i * 3_600_000), values });
const options = { evaluation: 'back-test', period: 12, horizon: 12, testShare: 0.3, seed: 1, folds: 6 } as const;

test('Box-Cox there and back is the identity, for every lambda', () => {
  const values = Float64Array.of(1e-6, 0.5, 1, 20, 1e6);
  for (const lambda of [0, 0.05, 0.5, 1]) {
    inverseBoxCox(boxCox(values, lambda), lambda).forEach((value, i) =>
      assert.ok(Math.abs(value / values[i]! - 1) < 1e-9, `${lambda}: ${value}`),
    );
  }
});

test('lambda is near 0 where swings grow with the level, near 1 where they do not, and 1 with a value of 0', () => {
  const noise = gaussian(2);
  const growing = Float64Array.from(
    { length: 144 },
    (_, i) => 10 * 1.02 ** i * Math.exp(0.3 * season(i) + 0.02 * noise()),
  );
  const even = Float64Array.from({ length: 144 }, (_, i) => 10 + i + 3 * season(i) + 0.2 * noise());
  assert.ok(guerreroLambda(growing, 12) <= 0.1);
  assert.ok(guerreroLambda(even, 12) >= 0.9);
  assert.equal(
    guerreroLambda(
      growing.map((value, i) => (i === 7 ? 0 : value)),
      12,
    ),
    1,
  );
});

test('auto works on the logarithm where the back-test favours it, and on the values where it does not', () => {
  const noise = gaussian(3);
  const growing = Float64Array.from(
    { length: 144 },
    (_, i) => 10 * 1.02 ** i * Math.exp(0.3 * season(i) + 0.02 * noise()),
  );
  const even = Float64Array.from({ length: 144 }, (_, i) => 50 + 0.1 * i + 3 * season(i) + 0.3 * noise());
  const choose = (values: Float64Array) =>
    chooseMethod(
      values.map((_, i) => i),
      values,
      { ...options, transform: 'automatic', mean: false },
    );
  assert.ok((choose(growing).lambda ?? 1) <= 0.1);
  assert.equal(choose(even).lambda, undefined);
});

test('a forecast brought back as a mean lies above the median by the bias of its spread, and the interval is lopsided', () => {
  const noise = gaussian(4);
  let level = 0;
  const values = Float64Array.from({ length: 200 }, () => Math.exp(3 + (level = 0.5 * level + 0.5 * noise())));
  const settings: ForecastOptions = {
    ...{ method: 'smoothing', degree: 1, trend: 'none', season: 'none', period: '', horizon: 1, levels: [0.95] },
    ...{ calibrate: false, evaluation: 'back-test', testShare: 0.3, seed: 1, folds: 3, transform: 'log' },
  };
  const median = forecastSeries(hourly(values), { ...settings, backTransform: 'median' });
  const mean = forecastSeries(hourly(values), { ...settings, backTransform: 'mean' });
  const [{ lower, upper }] = median.intervals as [{ lower: Float64Array; upper: Float64Array }];
  const sigma = Math.log(upper[0]! / lower[0]!) / (2 * 1.959963984540054);
  assert.ok(Math.abs(mean.values[0]! / median.values[0]! - (1 + sigma ** 2 / 2)) < 1e-9);
  assert.ok(upper[0]! - median.values[0]! > 1.5 * (median.values[0]! - lower[0]!));
});

test('Burg finds the coefficients and the order of an autoregression, and its forecast returns to the mean', () => {
  const noise = gaussian(5);
  const values = new Float64Array(2000).fill(40);
  for (let i = 2; i < values.length; i++) {
    values[i] = 40 + 1.2 * (values[i - 1]! - 40) - 0.5 * (values[i - 2]! - 40) + noise();
  }
  const { coefficients, variance, mean } = burgAutoregression(values, 20);
  assert.ok(coefficients.length >= 2 && coefficients.length <= 6);
  assert.ok(Math.abs(coefficients[0]! - 1.2) < 0.08 && Math.abs(coefficients[1]! + 0.5) < 0.12);
  assert.ok(Math.abs(variance - 1) < 0.1);
  const fitted = autoregressionForecaster({ differences: false, season: false }).fit({
    ...{ times: values, values, filled: values, period: 1 },
  });
  assert.ok(Math.abs(fitted.forecast(new Float64Array(100))[99]! - mean) < 1e-3);
  const { upper, lower } = fitted.bounds(new Float64Array(100), 0.95);
  const longRun = (upper[99]! - lower[99]!) / (2 * 1.959963984540054);
  assert.ok(Math.abs(longRun ** 2 / 3.39 - 1) < 0.25, `variance in the long run ${longRun ** 2}`);
});
