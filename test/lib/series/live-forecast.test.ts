import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forecastSeries, type ForecastOptions, type ForecastResume } from '../../../lib/series/forecast-series';
import { LiveForecast } from '../../../lib/series/live-forecast';
import { LiveRefit } from '../../../lib/series/live-refit';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';
import { fromPlainValue } from '../../../lib/series/plain-value';
import { smoothingForecaster } from '../../../lib/series/smoothing-forecaster';
import { holtWinters } from '../../../lib/series/holt-winters';

const HOUR = 3_600_000;
const next = mersenneTwister(41);
const values = Float64Array.from(
  { length: 200 },
  (_, i) => 30 + 0.05 * i + 4 * Math.sin((2 * Math.PI * i) / 12) + next() / 2 ** 32,
);
const upTo = (n: number) => ({ times: values.slice(0, n).map((_, i) => i * HOUR), values: values.slice(0, n) });
const defaults: ForecastOptions = {
  ...{ method: 'auto', degree: 1, trend: 'automatic', season: 'automatic', period: '12', horizon: 12 },
  ...{ levels: [0.8, 0.95], calibrate: true, evaluation: 'back-test', testShare: 0.3, seed: 1, folds: 4 },
};
const methods = [
  ...(['auto', 'linear', 'seasonal-naive', 'drift', 'theta', 'smoothing', 'harmonics', 'stl'] as const),
  'autoregression' as const,
];

for (const method of methods) {
  for (const transform of ['none', 'log'] as const) {
    test(`${method}, ${transform}: what was learned goes through a file and forecasts the same`, () => {
      const made = forecastSeries(upTo(120), { ...defaults, method, transform });
      const kept = fromPlainValue(JSON.parse(JSON.stringify(made.resume))) as ForecastResume;
      const again = new LiveForecast(made.model, kept, defaults).forecast();
      assert.deepEqual(again.times, made.times);
      again.values.forEach((value, i) => assert.ok(Math.abs(value - made.values[i]!) < 1e-9));
      again.intervals.forEach(({ upper }, k) =>
        upper.forEach((value, i) => assert.ok(Math.abs(value - made.intervals[k]!.upper[i]!) < 1e-9)),
      );
    });

    test(`${method}, ${transform}: it follows values that come, and stays near what a new fit says`, () => {
      const { model, resume } = forecastSeries(upTo(120), { ...defaults, method, transform });
      const live = new LiveForecast(model, resume, defaults);
      for (let i = 120; i < 160; i++) assert.equal(live.take(i * HOUR, values[i]!), 'moved');
      const followed = live.forecast();
      assert.equal(followed.times[0], 160 * HOUR);
      assert.equal(followed.model.since, 40);
      const fresh = forecastSeries(upTo(160), { ...defaults, method, transform });
      const far = method === 'linear' ? 6 : 2.5;
      followed.values.forEach((value, i) => assert.ok(Math.abs(value - fresh.values[i]!) < far, `step ${i}`));
    });
  }
}

test('following by the recursion is the recursion over the whole series', () => {
  const filled = values.slice(0, 120);
  const fitted = smoothingForecaster('additive', 'additive').fit({ times: filled, values: filled, filled, period: 12 });
  let moved = fitted;
  for (let i = 120; i < 150; i++) moved = moved.next(values[i]!);
  const state = fitted.state;
  assert.ok(state.kind === 'smoothing');
  const parameters = { ...state, seasons: Float64Array.from(state.seasons) };
  const run = holtWinters(values.slice(120, 150), state.form, parameters);
  const after = moved.state;
  assert.ok(after.kind === 'smoothing');
  assert.ok(Math.abs(after.level - run.state.level) < 1e-9);
  after.seasons.forEach((season, k) => assert.ok(Math.abs(season - run.state.seasons[k]!) < 1e-9));
});

test('missing steps are bridged, late readings do nothing, and after a thousand missing ones it says so', () => {
  const { model, resume } = forecastSeries(upTo(120), { ...defaults, method: 'smoothing' });
  const live = new LiveForecast(model, resume, defaults);
  assert.equal(live.take(119 * HOUR, 99), 'late');
  assert.equal(live.take(124 * HOUR + 1000, values[124]!), 'moved');
  assert.equal(live.forecast().times[0], 125 * HOUR + 1000);
  assert.equal(live.take(2000 * HOUR, 30), 'gap');
});

test('learning anew is due at first, when there are twice as many, on schedule and after a gap, and readings in between are given on', async () => {
  const taken: number[] = [];
  const follower = (answer: 'moved' | 'gap' = 'moved') => ({ take: (time: number) => (taken.push(time), answer) });
  const refit = new LiveRefit<ReturnType<typeof follower>>(30);
  refit.take(0, 1);
  assert.ok(refit.fitIsDue);
  let finish: (made: ReturnType<typeof follower>) => void = () => undefined;
  const learning = refit.learn(10, () => new Promise((resolve) => (finish = resolve)));
  refit.take(1, 1);
  assert.ok(!refit.fitIsDue && refit.learning);
  finish(follower());
  await learning;
  assert.deepEqual(taken, [1]);
  for (let i = 2; i < 10; i++) refit.take(i, 1);
  assert.ok(!refit.fitIsDue);
  refit.take(10, 1);
  assert.ok(refit.fitIsDue, 'ten more than the ten of the fit');
  await refit.learn(100, () => Promise.resolve(follower()));
  for (let i = 0; i < 29; i++) refit.take(i, 1);
  assert.ok(!refit.fitIsDue);
  refit.take(30, 1);
  assert.ok(refit.fitIsDue, 'thirty are the schedule');
  await refit.learn(100, () => Promise.resolve(follower('gap')));
  refit.take(1, 1);
  assert.ok(refit.fitIsDue, 'too many were missing');
  await assert.rejects(refit.learn(100, () => Promise.reject(new Error('no'))));
  assert.ok(!refit.fitIsDue);
  for (let i = 0; i < 25; i++) refit.take(i, 1);
  assert.ok(refit.fitIsDue, 'a quarter more after a failure');
});
