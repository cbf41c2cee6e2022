import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { delayWindow, MAX_EXACT_COUNT } from '../../../lib/latency/delay-window';
import { delaySummary, QUANTILES } from '../../../lib/latency/delay-summary';
import { SketchWindow } from '../../../lib/latency/sketch-window';
import { seededRandom } from '../../support/seeded-random';

describe('SketchWindow', () => {
  it('follows the newest values: each figure within its stated error of the exact one of what it covers', () => {
    const random = seededRandom(1);
    const window = new SketchWindow({ maxCount: 2_000, maxAgeMs: Infinity });
    const values: number[] = [];
    for (let i = 0; i < 20_000; i++) {
      values.push(i / 100 + random() * 20);
      window.add(values[i]!, i);
      if (i % 777 !== 0) continue;
      assert.ok(window.count >= Math.min(i + 1, 2_000) && window.count <= 2_100, `${window.count} of ${i + 1}`);
      const exact = delaySummary(Float64Array.from(values.slice(-window.count)).sort());
      const { summary, errors } = window.summary();
      for (const name of QUANTILES) {
        const error = Math.abs(summary[name] - exact[name]);
        assert.ok(error <= errors[name] + 1e-9 * exact.max, `${name} of ${i}: ${error} beside ${errors[name]}`);
      }
      assert.ok(Math.abs(window.quantile(0.5) - exact.median) <= errors.median);
    }
  });

  it('drops what is older than the age, with or without new values', () => {
    const window = new SketchWindow({ maxCount: 100_000, maxAgeMs: 1_000 });
    for (let i = 0; i < 5_000; i++) window.add(i, i);
    window.evict(4_999);
    assert.ok(window.count >= 1_000 && window.count <= 1_050, String(window.count));
    assert.ok(window.summary().summary.min >= 3_949);
    window.evict(5_999);
    assert.equal(window.count, 0);
  });
});

it('a small window keeps every value, a large one is a sketch, and both say their errors', () => {
  for (const maxCount of [MAX_EXACT_COUNT, MAX_EXACT_COUNT + 1]) {
    const window = delayWindow({ maxCount, maxAgeMs: Infinity });
    for (const value of [1, 2, 3, 4]) window.add(value, 0);
    const { summary, errors } = window.summary();
    assert.ok(Math.abs(summary.median - 2.5) <= errors.median);
    assert.equal(errors.median === 0, maxCount === MAX_EXACT_COUNT);
  }
});
