import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { anomalies } from '../../../lib/series/anomalies';
import { decomposeSeries, type DecomposeOptions } from '../../../lib/series/decompose-series';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';
import { goldenValues, readGoldenFiles } from '../../../scripts/golden/golden-file';

const options: DecomposeOptions = {
  method: 'stl',
  period: '12',
  log: false,
  extrapolate: false,
  robust: true,
  anomaliesFrom: 3.5,
};
const wave = Float64Array.from(
  { length: 120 },
  (_, i) => 20 + Math.sin((2 * Math.PI * i) / 12) + 0.05 * Math.sin(i * i),
);
const hourly = (values: Float64Array) => ({ times: values.map((_, i) => i * 3_600_000), values });

test('the anomalies put into the sensor series are found, all of them and nothing else', () => {
  const file = readGoldenFiles(join(__dirname, '../../golden')).find(({ name }) => name === 'synth_sensor_hourly');
  const injected = file?.cases.find(({ id }) => id.includes('/anomaly/'))?.outputs.injected as number[];
  const values = goldenValues(file!.values!);
  const found = anomalies(values, values, 24).map(({ index }) => index);
  const right = found.filter((index) => injected.includes(index)).length;
  assert.ok(
    right / found.length >= 0.95 && right / injected.length >= 0.95,
    `${found.join()} instead of ${injected.join()}`,
  );
});

test('an anomaly says what was expected; a gap that was filled is none', () => {
  const values = wave.map((value, i) => (i === 50 ? value + 3 : i === 70 ? NaN : value));
  const [only, ...others] = decomposeSeries(hourly(values), options).anomalies;
  assert.deepEqual(others, []);
  assert.equal(only!.index, 50);
  assert.ok(Math.abs(only!.expected - wave[50]!) < 0.2);
});

test('on an exact pattern every other value is an anomaly without a finite score', () => {
  const values = Float64Array.from({ length: 60 }, (_, i) => [1, 5, 2][i % 3]! + (i === 31 ? 1 : 0));
  const found = anomalies(values, values, 3);
  assert.ok(
    found.some(({ index, score }) => index === 31 && score > 100),
    JSON.stringify(found),
  );
});

test('noise that comes and goes makes next to no anomalies, what stands out of it is one', () => {
  const next = mersenneTwister(7);
  const values = Float64Array.from({ length: 229 }, (_, i) => {
    const noise = i < 50 || i > 180 ? 0 : (next() / 2 ** 32 - 0.5) / 20;
    return Math.round((22 + 0.0025 * i + 3 * Math.sin((2 * Math.PI * i) / 60) + noise) * 100) / 100;
  });
  const noise = anomalies(values, values, 60);
  assert.ok(noise.length <= 5, `${noise.length} of 130 noisy values`);
  values[150]! += 0.2;
  assert.ok(anomalies(values, values, 60).some(({ index, score }) => index === 150 && score > 8));
});

test('the parts of every method make up the series, with gaps filled and a season found', () => {
  const values = wave.map((value, i) => (i === 33 ? NaN : value));
  for (const [method, period] of [
    ['additive', 'auto'],
    ['stl', 'auto'],
    ['stl', '12h'],
    ['mstl', '12, 24'],
  ] as const) {
    const parts = decomposeSeries(hourly(values), { ...options, method, period, extrapolate: true });
    assert.equal(parts.model.period, 12);
    parts.observed.forEach((value, i) =>
      assert.ok(Math.abs(parts.trend[i]! + parts.seasonal[i]! + parts.resid[i]! - value) < 1e-9, method),
    );
  }
});

test('of a few noisy seasons the remainder is the noise, all along, and hardly any of it an anomaly', () => {
  const next = mersenneTwister(3);
  const noise = (): number => (next() + next() + next() - 1.5 * 2 ** 32) / 2 ** 32 / 50;
  const values = Float64Array.from(
    { length: 229 },
    (_, i) => 22 + 0.0025 * i + 3 * Math.sin((2 * Math.PI * i) / 60) + noise(),
  );
  const { resid, anomalies: found } = decomposeSeries(hourly(values), { ...options, period: '60' });
  for (const part of [resid.subarray(0, 60), resid.subarray(-60)]) {
    const mean = part.reduce((sum, value) => sum + Math.abs(value), 0) / part.length;
    assert.ok(mean > 0.004 && mean < 0.012, `${mean} where the noise is 0.008`);
  }
  assert.ok(found.length <= 2, JSON.stringify(found));
});

test('a season that is missing, not there, or one of several too many is refused', () => {
  assert.throws(() => decomposeSeries(hourly(wave), { ...options, period: '' }), { code: 'SERIES_PERIOD' });
  assert.throws(() => decomposeSeries(hourly(wave), { ...options, period: '12, 24' }), {
    code: 'SERIES_PERIOD',
    message: /MSTL/,
  });
  assert.throws(() => decomposeSeries(hourly(wave), { ...options, period: '1s' }), { code: 'SERIES_PERIOD' });
  const line = Float64Array.from({ length: 60 }, (_, i) => i);
  assert.throws(() => decomposeSeries(hourly(line), { ...options, period: 'auto' }), { code: 'SERIES_NO_SEASON' });
  assert.throws(() => decomposeSeries(hourly(wave.map((v) => -v)), { ...options, log: true }), {
    code: 'SERIES_NOT_POSITIVE',
  });
});
