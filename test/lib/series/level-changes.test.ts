import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decomposeSeries } from '../../../lib/series/decompose-series';
import { forecastSeries } from '../../../lib/series/forecast-series';
import { levelChanges } from '../../../lib/series/level-changes';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';

function gaussian(seed: number): () => number {
  const next = mersenneTwister(seed);
  const uniform = () => (next() + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
const hourly = (values: Float64Array) => ({ times: values.map((_, i) => i * 3_600_000), values });

test('a jump of five times the noise is found where it is, and nothing else, in at least 17 of 20 draws', () => {
  const noise = gaussian(3);
  let right = 0;
  for (let draw = 0; draw < 20; draw++) {
    const found = levelChanges(
      Float64Array.from({ length: 200 }, (_, i) => noise() + (i >= 120 ? 5 : 0)),
      { period: 1 },
    );
    if (found.length === 1 && Math.abs(found[0]!.index - 120) <= 2 && Math.abs(found[0]!.after - 5) < 1.5) right++;
  }
  assert.ok(right >= 17, `${right} of 20`);
});

const quiet: [string, (noise: () => number) => Float64Array][] = [
  ['white noise', (noise) => Float64Array.from({ length: 200 }, noise)],
  ['a slope', (noise) => Float64Array.from({ length: 200 }, (_, i) => 0.3 * i + noise())],
  ['one giant spike', (noise) => Float64Array.from({ length: 200 }, (_, i) => noise() + (i === 100 ? 1e6 : 0))],
  [
    'a random walk',
    (noise) => {
      let level = 0;
      return Float64Array.from({ length: 200 }, () => (level += noise()));
    },
  ],
  ['a constant', () => new Float64Array(200).fill(4)],
];
for (const [what, make] of quiet) {
  test(`${what} has no change of level, in at least 19 of 20 draws`, () => {
    const noise = gaussian(4);
    let found = 0;
    for (let draw = 0; draw < 20; draw++) if (levelChanges(make(noise), { period: 1 }).length > 0) found++;
    assert.ok(found <= 1, `${found} of 20`);
  });
}

function withJump(length: number, at: number): Float64Array {
  const noise = gaussian(5);
  return Float64Array.from(
    { length },
    (_, i) => (i < at ? 15 : 22) + 2 * Math.sin((2 * Math.PI * i) / 12) + 0.3 * noise(),
  );
}

test('a decomposition names a change of level on a season when asked, with its time and size', () => {
  const options = { method: 'stl', period: '12', log: false, extrapolate: false, robust: true } as const;
  const series = hourly(withJump(300, 180));
  const { levelChanges: found } = decomposeSeries(series, { ...options, levelChanges: true });
  assert.equal(found.length, 1);
  assert.ok(Math.abs(found[0]!.index - 180) <= 1 && Math.abs(found[0]!.after - found[0]!.before - 7) < 0.5);
  assert.deepEqual(decomposeSeries(series, options).levelChanges, []);
});

test('a forecast that leaves out what came before a change of level says so and errs less', () => {
  const values = withJump(260, 150);
  const error = (cutAtLevelChange: boolean) => {
    const result = forecastSeries(hourly(values.slice(0, 236)), {
      ...{ method: 'harmonics', degree: 1, trend: 'automatic', season: 'automatic', period: '12', horizon: 24 },
      ...{
        levels: [0.8],
        calibrate: true,
        evaluation: 'back-test',
        testShare: 0.3,
        seed: 1,
        folds: 5,
        cutAtLevelChange,
      },
    });
    const sum = result.values.reduce((all, value, i) => all + Math.abs(value - values[236 + i]!), 0);
    return { sum, codes: result.model.warnings.map(({ code }) => code), points: result.model.points };
  };
  const [cut, whole] = [error(true), error(false)];
  // What is left is too short to judge every step ahead.
  assert.deepEqual(cut.codes, ['SERIES_LEVEL_CHANGE', 'SERIES_UNJUDGED_STEPS']);
  assert.ok(Math.abs(cut.points - 86) <= 1 && whole.points === 236);
  assert.ok(cut.sum < whole.sum / 2, `${cut.sum} and ${whole.sum}`);
});
