import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';
import { detectPeriod } from '../../../lib/series/period-detection';
import { prepareSeries } from '../../../lib/series/prepare-series';
import { refinePeriod } from '../../../lib/series/refine-period';

const wave = (length: number, period: number) =>
  Float64Array.from({ length }, (_, i) => 20 + Math.sin((2 * Math.PI * i) / period));

test('a season that is no whole number of samples is placed between two, from either side', () => {
  for (const start of [10.3, 10.9]) {
    assert.ok(Math.abs(refinePeriod(wave(200, 10.6), start)! - 10.6) < 0.01, String(start));
  }
});

test('a fit that does not settle near the given season gives none', () => {
  assert.equal(refinePeriod(wave(200, 10.6), 9.7), undefined);
  assert.equal(refinePeriod(new Float64Array(100).fill(3), 10), undefined);
  assert.equal(refinePeriod(wave(6, 3), 3), undefined);
});

test('five minutes of readings each second or so: the season is found within two samples on little more than three of them', () => {
  const next = mersenneTwister(31);
  const uniform = () => next() / 2 ** 32;
  for (let draw = 0; draw < 20; draw++) {
    const begin = 300_000 * uniform();
    const times = Float64Array.from({ length: 1000 }, (_, i) => begin + i * 1000 + 200 * (uniform() - 0.5));
    const values = times.map((time) => 20 + Math.sin((2 * Math.PI * time) / 300_000) + 0.4 * (uniform() - 0.5));
    const period = detectPeriod(prepareSeries({ times, values }).filled)?.period ?? 0;
    assert.ok(Math.abs(period - 300) <= 2, `draw ${draw}: ${period}`);
  }
});
