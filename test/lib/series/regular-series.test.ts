import assert from 'node:assert/strict';
import { test } from 'node:test';
import { futureTimes } from '../../../lib/series/future-times';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';
import { regularSeries } from '../../../lib/series/regular-series';

function series(points: [number, number][]) {
  return {
    times: Float64Array.from(points, ([time]) => time),
    values: Float64Array.from(points, ([, value]) => value),
  };
}

test('a jittered and drifting clock leaves neither holes nor doubles', () => {
  const next = mersenneTwister(1);
  const jitter = () => (next() / 2 ** 32 - 0.5) * 500;
  const points = Array.from({ length: 5000 }, (_, i): [number, number] => [i * 1000.7 + jitter(), i]);
  const grid = regularSeries(series(points));
  assert.deepEqual(
    [...grid.values],
    points.map(([, value]) => value),
  );
  assert.equal(grid.missing, 0);
  assert.equal(grid.duplicates, 0);
});

test('an outage leaves as many empty slots as readings are missing, with times in between', () => {
  const points = [0, 1, 2, 10, 11].map((second): [number, number] => [second * 1000, second]);
  const grid = regularSeries(series(points));
  assert.equal(grid.values.length, 12);
  assert.equal(grid.longestGap, 7);
  assert.equal(grid.missing, 7);
  assert.deepEqual([...grid.times.subarray(2, 5)], [2000, 3000, 4000]);
});

test('months of 28 to 31 days are one slot each, and the series goes on in months', () => {
  const times = Float64Array.from({ length: 30 }, (_, i) => Date.UTC(2020, i, 1));
  const grid = regularSeries({ times, values: times.map((_, i) => i) });
  assert.equal(grid.values.length, 30);
  assert.deepEqual(
    [...futureTimes(grid.times, grid.stepMs, 3)],
    [30, 31, 32].map((i) => Date.UTC(2020, i, 1)),
  );
});

test('late data and doubles are counted, sorted and averaged; the input stays as it was', () => {
  const input = series([
    [1000, 1],
    [3000, 3],
    [2000, 2],
    [3000, 5],
    [4000, 4],
  ]);
  const grid = regularSeries(input, { stepMs: 1000 });
  assert.deepEqual([...grid.values], [1, 2, 4, 4]);
  assert.deepEqual([grid.backwards, grid.duplicates, [...grid.counts]], [1, 1, [1, 1, 2, 1]]);
  assert.deepEqual([...input.times], [1000, 3000, 2000, 3000, 4000]);
});

test('a missing value keeps its slot and stays out of the mean', () => {
  const grid = regularSeries(
    series([
      [0, 4],
      [1, NaN],
      [1000, NaN],
      [2000, 6],
    ]),
    { stepMs: 1000 },
  );
  assert.deepEqual([...grid.values], [4, NaN, 6]);
});

test('a stamp of another century is refused instead of filling the memory', () => {
  assert.throws(
    () =>
      regularSeries(
        series([
          [0, 1],
          [1, 2],
          [1.7e12, 3],
        ]),
        { stepMs: 1 },
      ),
    {
      code: 'SERIES_TOO_LONG',
      message: /1970-01-01.*2023-11/,
    },
  );
});

test('one time only has no step; with a step it is a grid of one', () => {
  assert.throws(
    () =>
      regularSeries(
        series([
          [5, 1],
          [5, 2],
        ]),
      ),
    { code: 'SERIES_TOO_SHORT' },
  );
  assert.deepEqual(
    [
      ...regularSeries(
        series([
          [5, 1],
          [5, 2],
        ]),
        { stepMs: 10 },
      ).values,
    ],
    [1.5],
  );
  assert.throws(() => regularSeries(series([[5, 1]]), { stepMs: -1 }), { code: 'SERIES_OPTION' });
  assert.throws(() => regularSeries(series([])), { code: 'SERIES_EMPTY' });
});
