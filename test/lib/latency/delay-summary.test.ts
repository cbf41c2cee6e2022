import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { delaySummary } from '../../../lib/latency/delay-summary';
import { seededRandom } from '../../support/seeded-random';

const sample = (...values: number[]): Float64Array => Float64Array.from(values).sort();

describe('delaySummary', () => {
  it('gives the box plot, worked by hand, of a sample with outliers at both ends', () => {
    const summary = delaySummary(sample(-20, 1, 2, 3, 4, 5, 6, 7, 30, 31));
    assert.deepEqual(
      { ...summary, p90: undefined, p95: undefined, p99: undefined },
      {
        count: 10,
        min: -20,
        q1: 2.25,
        median: 4.5,
        q3: 6.75,
        max: 31,
        mean: 6.9,
        p90: undefined,
        p95: undefined,
        p99: undefined,
        lowerWhisker: 1,
        upperWhisker: 7,
        outlierCount: 3,
        outliers: [-20, 30, 31],
        negativeCount: 1,
      },
    );
    assert.ok(Math.abs(summary.p90 - 30.1) < 1e-12);
    assert.ok(Math.abs(summary.p95 - 30.55) < 1e-12);
    assert.ok(Math.abs(summary.p99 - 30.91) < 1e-12);
  });

  it('counts a value exactly at the reach of a whisker as no outlier', () => {
    // Quartiles 2 and 4: the reach ends at -1 and 7.
    assert.deepEqual(delaySummary(sample(-1, 2, 3, 4, 7)).outliers, []);
    assert.deepEqual(delaySummary(sample(-1.001, 2, 3, 4, 7.001)).outliers, [-1.001, 7.001]);
  });

  it('has no outlier and all figures equal for a single delay and for equal ones', () => {
    for (const values of [[5], [5, 5, 5, 5]]) {
      const { min, q1, median, mean, p99, lowerWhisker, upperWhisker, outlierCount } = delaySummary(sample(...values));
      assert.deepEqual(
        { min, q1, median, mean, p99, lowerWhisker, upperWhisker, outlierCount },
        {
          ...{ min: 5, q1: 5, median: 5, mean: 5, p99: 5, lowerWhisker: 5, upperWhisker: 5 },
          outlierCount: 0,
        },
      );
    }
  });

  it('agrees with a naive box plot on seeded samples of every size', () => {
    const random = seededRandom(11);
    for (let size = 1; size < 250; size++) {
      const values = sample(
        ...Array.from({ length: size }, () => (random() < 0.1 ? 300 * (random() - 0.5) : random() * 9)),
      );
      const { q1, q3, outliers, outlierCount, lowerWhisker, upperWhisker, negativeCount, mean } = delaySummary(values);
      const inside = [...values].filter((v) => v >= q1 - 1.5 * (q3 - q1) && v <= q3 + 1.5 * (q3 - q1));
      assert.deepEqual(
        outliers,
        [...values].filter((v) => !inside.includes(v)),
      );
      assert.equal(outlierCount, size - inside.length);
      assert.equal(lowerWhisker, Math.min(...inside));
      assert.equal(upperWhisker, Math.max(...inside));
      assert.equal(negativeCount, values.filter((v) => v < 0).length);
      assert.ok(Math.abs(mean - values.reduce((sum, v) => sum + v, 0) / size) < 1e-9);
    }
  });

  it('lists the most extreme outliers when there are more than wanted, and counts all', () => {
    const middle = Array.from({ length: 100 }, (_, i) => i / 100);
    const { outliers, outlierCount } = delaySummary(sample(...middle, -30, -10, 20, 40, 50), 3);
    assert.equal(outlierCount, 5);
    assert.deepEqual(outliers, [-30, 40, 50]);
  });

  it('refuses an empty sample', () => {
    assert.throws(() => delaySummary(sample()), /empty sample/);
  });
});
