import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CrossingAlarm } from '../../../lib/series/crossing-alarm';
import { forecastSeries, type ForecastOptions } from '../../../lib/series/forecast-series';
import { intervalCoverage } from '../../../lib/series/interval-coverage';
import { LiveReadings } from '../../../lib/series/live-readings';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';
import { normalProbability } from '../../../lib/series/normal-probability';
import { normalQuantile } from '../../../lib/series/normal-quantile';
import { RollingSeries } from '../../../lib/series/rolling-series';
import { thresholdCrossing } from '../../../lib/series/threshold-crossing';

const defaults: ForecastOptions = {
  ...{ method: 'auto', degree: 2, trend: 'automatic', season: 'automatic', period: '12', horizon: 12, levels: [0.8] },
  ...{ calibrate: true, evaluation: 'back-test', testShare: 0.3, seed: 42, folds: 8 },
};

function seasonal(length: number, seed: number): Float64Array {
  const next = mersenneTwister(seed);
  return Float64Array.from(
    { length },
    (_, i) => 20 + 0.05 * i + 3 * Math.sin((2 * Math.PI * i) / 12) + (next() / 2 ** 32 - 0.5),
  );
}
const hourly = (values: Float64Array) => ({ times: values.map((_, i) => i * 3_600_000), values });

for (const method of ['auto', 'theta', 'smoothing', 'harmonics', 'stl'] as const) {
  test(`${method} forecasts a trend with a season better than the last season again, and says so`, () => {
    const values = seasonal(132, 5);
    const { model, values: predicted } = forecastSeries(hourly(values.slice(0, 120)), { ...defaults, method });
    assert.ok(model.scores!.mase < model.naive!.mase, `${model.scores!.mase} and ${model.naive!.mase}`);
    values.subarray(120).forEach((value, i) => assert.ok(Math.abs(value - predicted[i]!) < 1.5, `step ${i}`));
  });
}

test('auto finds the season, and its parts and weights are named', () => {
  const { model } = forecastSeries(hourly(seasonal(120, 6)), { ...defaults, period: 'auto' });
  assert.equal(model.period, 12);
  assert.ok(model.members!.length >= 5 && model.members!.length <= 6);
  assert.ok(Math.abs(model.members!.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-12);
  assert.ok(model.candidates!.length >= 10);
});

test('auto on three values, on values below 0 and on a constant gives a forecast', () => {
  const short = forecastSeries(hourly(Float64Array.of(1, 2, 3)), { ...defaults, period: '' });
  assert.deepEqual(
    short.model.warnings.map(({ code }) => code),
    ['SERIES_UNJUDGED'],
  );
  const negative = forecastSeries(hourly(seasonal(120, 7).map((value) => value - 25)), defaults);
  assert.ok(negative.values.every(Number.isFinite));
  const constant = forecastSeries(hourly(new Float64Array(60).fill(21)), defaults);
  constant.values.forEach((value) => assert.ok(Math.abs(value - 21) < 1e-9));
});

test('steps that are further ahead than the back-test reaches are named, and only then', () => {
  const warningsOf = (horizon: number) =>
    forecastSeries(hourly(seasonal(60, 11)), { ...defaults, horizon }).model.warnings;
  assert.deepEqual(warningsOf(12), []);
  const [warning, ...others] = warningsOf(48);
  assert.deepEqual(others, []);
  assert.equal(warning?.code, 'SERIES_UNJUDGED_STEPS');
  assert.match(warning.message, /Only 15 of 48 steps/);
});

test('auto takes a series with gaps', () => {
  const values = seasonal(120, 8).map((value, i) => (i % 17 === 3 || (i > 60 && i < 66) ? NaN : value));
  const { values: predicted, model } = forecastSeries(hourly(values), defaults);
  assert.ok(predicted.every(Number.isFinite));
  assert.ok(model.warnings.some(({ code }) => code === 'SERIES_GAPS_FILLED'));
});

test('a calibrated interval covers what it says where the interval of the method does not', () => {
  const next = mersenneTwister(9);
  let wanders = 0;
  const covered = { true: 0, false: 0 };
  const rounds = 30;
  for (let round = 0; round < rounds; round++) {
    // A line through a random walk: least squares believes in independent errors, and is much too sure.
    const values = Float64Array.from({ length: 150 }, () => (wanders += next() / 2 ** 32 - 0.5));
    for (const calibrate of [true, false]) {
      const { intervals } = forecastSeries(hourly(values.slice(0, 138)), {
        ...defaults,
        method: 'linear',
        period: '',
        calibrate,
        folds: 20,
      });
      covered[`${calibrate}`] +=
        intervalCoverage(values.subarray(138), intervals[0]!.lower, intervals[0]!.upper) / rounds;
    }
  }
  assert.ok(Math.abs(covered.true - 0.8) < 0.12, `calibrated ${covered.true}`);
  assert.ok(covered.false < 0.65, `not calibrated ${covered.false}`);
});

test('probability and quantile of the normal distribution are inverse to each other', () => {
  for (const p of [1e-10, 1e-6, 0.01, 0.3, 0.5, 0.9, 0.999]) {
    assert.ok(Math.abs(normalProbability(normalQuantile(p)) / p - 1) < 1e-8, String(p));
  }
  assert.equal(normalProbability(50), 1);
  assert.equal(normalProbability(-50), 0);
});

test('a crossing is named by the first likely step and by the first expected one, on both sides', () => {
  const values = Float64Array.of(1, 2, 3, 4);
  const bounds = { lower: values.map((value) => value - 2), upper: values.map((value) => value + 2) };
  const forecast = { times: Float64Array.of(10, 20, 30, 40), values, bounds };
  const above = thresholdCrossing(forecast, 0.95, { threshold: 3.5, side: 'above', probability: 0.3 });
  assert.deepEqual([above.time, above.expected], [30, 40]);
  assert.ok(Math.abs(above.probability - normalProbability(0.5 / (2 / 1.959963984540054))) < 1e-12);
  const below = thresholdCrossing(forecast, 0.95, { threshold: -5, side: 'below', probability: 0.3 });
  assert.equal(below.time, undefined);
  assert.ok(below.probability < 1e-6);
});

test('an alarm does not flicker between its limit and its hysteresis', () => {
  const alarm = new CrossingAlarm(0.5, 0.2);
  const changes = [0.4, 0.5, 0.45, 0.55, 0.31, 0.29, 0.45, 0.6].map((probability) => alarm.take({ probability }));
  assert.deepEqual(changes, [undefined, 'raised', undefined, undefined, undefined, 'cleared', undefined, 'raised']);
});

test('a rolling series keeps the last readings in the order of arrival', () => {
  const rolling = new RollingSeries(3, 'T');
  for (let i = 0; i < 5; i++) rolling.add(i * 10, i);
  assert.deepEqual(rolling.series(), {
    times: Float64Array.of(20, 30, 40),
    values: Float64Array.of(2, 3, 4),
    name: 'T',
  });
  assert.equal(rolling.length, 3);
});

test('a rolling series grows up to its capacity and keeps the order on the way', () => {
  for (const count of [255, 256, 257, 600, 999, 1000, 1001, 2500]) {
    const rolling = new RollingSeries(1000);
    for (let i = 0; i < count; i++) rolling.add(i, -i);
    const { times, values } = rolling.series();
    const first = Math.max(0, count - 1000);
    assert.deepEqual(
      [times.length, times[0], times.at(-1), values.at(-1)],
      [count - first, first, count - 1, 1 - count],
    );
    assert.ok(times.every((time, i) => time === first + i));
  }
});

test('live readings forget the source that was silent for longest, and repeats beyond the window', () => {
  const live = new LiveReadings({ key: 'T', stampKey: 't', window: 2, maxSources: 2 });
  const take = (Source: string, Sequence: number) => live.add({ T: 1, t: Sequence, Source, Sequence })?.source;
  assert.equal(take('A', 1), 'A');
  assert.equal(take('A', 1), undefined);
  take('B', 1);
  take('A', 2);
  take('C', 1);
  assert.equal(live.of('B').length, 0);
  assert.equal(live.of('A').length, 2);
  assert.throws(() => live.add({ t: 1 }), { code: 'SERIES_VALUE' });
  assert.throws(() => live.add({ T: 1 }), { code: 'SERIES_TIME' });
});
