import assert from 'node:assert/strict';
import { it } from 'node:test';
import { greenLifeRate } from '../../../lib/twin/green-life';
import { advanceLife, MS_PER_DAY, type RemainingLife } from '../../../lib/twin/remaining-life';
import { seededRandom } from '../../support/seeded-random';

const start: RemainingLife = { days: 38, gaps: [] };
const follow = (points: readonly (readonly [timeMs: number, rate: number])[]): RemainingLife =>
  points.reduce((life, [timeMs, rate]) => advanceLife(life, timeMs, rate).life, start);
const near = (actual: number, expected: number, relative: number): void =>
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual} is not ${expected}`);

it('a constant rate loses the same whatever the intervals between the readings', () => {
  const random = seededRandom(1);
  let timeMs = 0;
  const points: [number, number][] = [[0, 2]];
  while (timeMs < 5 * MS_PER_DAY) points.push([(timeMs = Math.min(5 * MS_PER_DAY, timeMs + random() * 1e7)), 2]);
  near(follow(points).days, 28, 1e-12);
});

it('a cooling from 23 to 15 °C over 100 hours agrees with the integral of the rate', () => {
  const hours = 100;
  const temperature = (hour: number): number => 23 - (8 * hour) / hours;
  const at = (count: number): RemainingLife =>
    follow(
      Array.from({ length: count + 1 }, (_, n): [number, number] => {
        const hour = (hours * n) / count;
        return [hour * 3_600_000, greenLifeRate(temperature(hour))];
      }),
    );
  // Midpoint rule with 100,000 steps in Python 3.11, written independently.
  const reference = 27.046190660484463;
  near(at(6000).days, reference, 1e-8);
  near(at(100).days, reference, 1e-5);
});

it('late readings within a kept interval correct the life exactly, in any order', () => {
  const random = seededRandom(2);
  const points = Array.from({ length: 12 }, (_, n): [number, number] => [n * 1e6, 1 + random()]);
  const [first, ...rest] = points;
  const last = rest.pop()!;
  const mixed = [first!, last, ...rest.sort(() => random() - 0.5)];
  near(follow(mixed).days, follow(points).days, 1e-12);
});

it('of an outage the long interval is kept, however many readings come before the late ones', () => {
  const live = Array.from({ length: 1000 }, (_, n): [number, number] => [n * 1000, 1]);
  const outage = Array.from({ length: 600 }, (_, n): [number, number] => [1_000_000 + n * 1000, 5]);
  const after = Array.from({ length: 1000 }, (_, n): [number, number] => [1_600_000 + n * 1000, 1]);
  const inOrder = follow([...live, ...outage, ...after]);
  const replayed = follow([...live, ...after, ...outage]);
  near(38 - replayed.days, 38 - inOrder.days, 1e-9);
});

it('a late reading that nothing can be learnt from changes nothing', () => {
  const life = follow([
    [1000, 1],
    [2000, 1],
  ]);
  for (const timeMs of [0, 1000]) assert.deepEqual(advanceLife(life, timeMs, 9), { life, step: 'late' });
});

it('two readings of one millisecond are both in time, and the second gives the rate from there', () => {
  const first = follow([[0, 1]]);
  const { life, step } = advanceLife(first, 0, 3);
  assert.deepEqual([step, life], ['advanced', { ...first, rate: 3 }]);
});

it('never keeps more than 16 intervals', () => {
  const points = Array.from({ length: 500 }, (_, n): [number, number] => [n * n, 1]);
  assert.equal(follow(points).gaps.length, 16);
});
