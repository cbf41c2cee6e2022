import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';
import { detectPeriod } from '../../../lib/series/period-detection';

function gaussian(seed: number): () => number {
  const next = mersenneTwister(seed);
  const uniform = () => (next() + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

type Make = (noise: () => number) => Float64Array;
const walk =
  (length: number, pull: number): Make =>
  (noise) => {
    let level = 0;
    return Float64Array.from({ length }, () => (level = pull * level + noise()));
  };
const without: [string, Make][] = [
  ['white noise', (noise) => Float64Array.from({ length: 200 }, noise)],
  ['a random walk', walk(400, 1)],
  ['an autoregression', walk(300, 0.9)],
  ['a noisy trend', (noise) => Float64Array.from({ length: 100 }, (_, i) => 0.1 * i + noise())],
];
for (const [what, make] of without) {
  test(`${what} has no season, in at least 47 of 50 draws`, () => {
    const noise = gaussian(21);
    let found = 0;
    for (let draw = 0; draw < 50; draw++) if (detectPeriod(make(noise))) found++;
    assert.ok(found <= 3, `${found} seasons found`);
  });
}

const withSeason: [string, number, number, Make][] = [
  [
    'a sine in as much noise',
    24,
    2,
    (noise) => Float64Array.from({ length: 480 }, (_, i) => 1.5 * Math.sin((2 * Math.PI * i) / 24) + noise()),
  ],
  [
    'a rectangle',
    50,
    0,
    (noise) => Float64Array.from({ length: 600 }, (_, i) => (i % 50 < 20 ? 1 : 0) + 0.3 * noise()),
  ],
  [
    'a sine on a random walk',
    24,
    1,
    (noise) => {
      let level = 0;
      return Float64Array.from(
        { length: 480 },
        (_, i) => 2 * Math.sin((2 * Math.PI * i) / 24) + (level += 0.3 * noise()),
      );
    },
  ],
  [
    'three seasons only',
    12,
    0,
    (noise) => Float64Array.from({ length: 36 }, (_, i) => Math.sin((2 * Math.PI * i) / 12) + 0.2 * noise()),
  ],
  [
    'a day of minutes',
    1440,
    30,
    (noise) => Float64Array.from({ length: 7200 }, (_, i) => Math.sin((2 * Math.PI * i) / 1440) + 0.5 * noise()),
  ],
];
for (const [what, period, within, make] of withSeason) {
  test(`${what}: the season of ${period} is found in at least 18 of 20 draws`, () => {
    const noise = gaussian(22);
    let right = 0;
    for (let draw = 0; draw < 20; draw++) {
      if (Math.abs((detectPeriod(make(noise))?.period ?? 0) - period) <= within) right++;
    }
    assert.ok(right >= 18, `${right} of 20`);
  });
}

test('a constant, a line and a series that is too short have no season', () => {
  assert.equal(detectPeriod(new Float64Array(100).fill(5)), undefined);
  assert.equal(detectPeriod(Float64Array.from({ length: 100 }, (_, i) => 3 + i)), undefined);
  assert.equal(detectPeriod(Float64Array.of(1, 2, 1, 2)), undefined);
});
