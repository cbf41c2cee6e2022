import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calibrate } from '../../../lib/series/calibration';
import type { JudgedForecast } from '../../../lib/series/judged-forecast';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';

/** A forecast of 0 with half-widths of 1, from an origin. */
function erring(origin: number, errors: readonly number[]): JudgedForecast {
  const one = Float64Array.from(errors, () => 1);
  return {
    times: Float64Array.from(errors, (_, i) => origin + i),
    actual: Float64Array.from(errors),
    predicted: new Float64Array(errors.length),
    halves: { below: one, above: one },
  };
}

test('the factor rises with the level and does not fall below the largest error at the highest', () => {
  const forecasts = [erring(0, [0.5, 1]), erring(2, [1.5, 2]), erring(4, [1, 3])];
  const [half, most, highest] = calibrate(forecasts, [0.5, 0.7, 0.999]);
  assert.ok(half!.factor <= most!.factor && most!.factor <= highest!.factor);
  assert.ok(highest!.factor >= 3);
  assert.ok(Number.isNaN(calibrate([], [0.9])[0]!.factor));
});

test('the coverage of a forecast is that of an interval which has not learned from it', () => {
  const [alone] = calibrate([erring(0, [1, 1]), erring(2, [1, 1]), erring(4, [100, 100])], [0.8]);
  assert.equal(alone!.coverage, 2 / 3);
  assert.ok(Number.isNaN(calibrate([erring(0, [1])], [0.8])[0]!.coverage));
});

test('forecasts that overlap are worth fewer, so that intervals are wider than by as many that do not', () => {
  const factorOf = (step: number): number =>
    calibrate(
      Array.from({ length: 6 }, (_, k) => erring(k * step, [1, 2, 3, 4])),
      [0.95],
    )[0]!.factor;
  assert.ok(factorOf(1) > 1.05 * factorOf(4), `${factorOf(1)} and ${factorOf(4)}`);
});

test('few forecasts, each of its own size of error, still cover the next one about as often as asked', () => {
  const next = mersenneTwister(12);
  const forecast = (origin: number): JudgedForecast => {
    const size = 0.2 + next() / 2 ** 32;
    return erring(
      origin,
      Array.from({ length: 6 }, () => (size * 2 * next()) / 2 ** 32),
    );
  };
  let [covered, claimed] = [0, 0];
  const rounds = 400;
  for (let round = 0; round < rounds; round++) {
    const [calibrated] = calibrate(
      Array.from({ length: 4 }, (_, k) => forecast(6 * k)),
      [0.8],
    );
    claimed += calibrated!.coverage / rounds;
    covered += forecast(24).actual.filter((error) => error <= calibrated!.factor).length / 6 / rounds;
  }
  assert.ok(Math.abs(covered - 0.8) < 0.05, String(covered));
  assert.ok(Math.abs(covered - claimed) < 0.05, `${covered} where ${claimed} was said`);
});
