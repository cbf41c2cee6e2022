import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrowthWatch } from '../../../nodes/common/metrics/growth-watch';

const after = (values: readonly number[]): boolean => {
  const watch = new GrowthWatch(1_000);
  for (const value of values) watch.sample(value);
  return watch.growing;
};

test('six samples in a row, each above the one before, are growth', () => {
  assert.equal(after([0, 500, 900, 1_000, 1_100, 1_200]), true);
  assert.equal(after([5_000, 0, 500, 900, 1_000, 1_100, 1_200]), true);
});

test('a pause, a fall, few samples or small numbers are none', () => {
  assert.equal(after([0, 500, 900, 900, 1_100, 1_200]), false);
  assert.equal(after([1_000, 2_000, 3_000, 2_500, 4_000, 5_000]), false);
  assert.equal(after([1_000, 2_000, 3_000, 4_000, 5_000]), false);
  assert.equal(after([1, 2, 3, 4, 5, 6]), false);
});
