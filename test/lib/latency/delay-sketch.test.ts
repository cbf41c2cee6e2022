import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DelaySketch } from '../../../lib/latency/delay-sketch';
import { delaySummary } from '../../../lib/latency/delay-summary';
import { quantile } from '../../../lib/latency/quantile';
import { sketchSummary } from '../../../lib/latency/sketch-summary';
import { weightedQuantile } from '../../../lib/latency/weighted-quantile';
import { seededRandom } from '../../support/seeded-random';

/** Delays as they occur: narrow, long-tailed, whole, negative, far apart, near zero. */
const samples: Record<string, (random: () => number) => number> = {
  uniform: (random) => 2 + random() * 8,
  'long tail': (random) => Math.exp(8 * random()) / (0.001 + random()),
  'whole milliseconds': (random) => Math.floor(random() * 30),
  '10 % at 200 ms': (random) => (random() < 0.1 ? 200 : 0) + 1 + random(),
  'clock 900 ms behind': (random) => -900 + random() * 40,
  'both signs': (random) => (random() - 0.5) * 10 ** (random() * 6),
  microseconds: (random) => random() * 1e-2,
};
const PROBABILITIES = [0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

const sketchOf = (values: Iterable<number>, accuracy?: number): DelaySketch => {
  const sketch = new DelaySketch(accuracy);
  for (const value of values) sketch.add(value);
  return sketch;
};

describe('DelaySketch', () => {
  for (const [name, draw] of Object.entries(samples)) {
    for (const accuracy of [0.01, 0.05]) {
      it(`keeps every quantile of ${name} within its stated error (accuracy ${accuracy})`, () => {
        const random = seededRandom(name.length);
        const sample = Float64Array.from({ length: 20_000 }, () => draw(random));
        const sketch = sketchOf(sample, accuracy);
        const values = sketch.values();
        const sorted = sample.slice().sort();
        for (const p of PROBABILITIES) {
          const estimate = weightedQuantile(values, sketch.count, p);
          const stated = weightedQuantile(values, sketch.count, p, (value) => sketch.errorOf(value));
          const error = Math.abs(estimate - quantile(sorted, p));
          assert.ok(error <= stated * (1 + 1e-9), `p${100 * p}: ${estimate} is ${error} off, stated ${stated}`);
          assert.ok(stated <= Math.max(1e-3, 1.06 * accuracy * Math.abs(estimate)) || name === 'both signs', `p${p}`);
        }
      });
    }
  }

  it('merges to exactly the sketch of all values, in whatever order', () => {
    const random = seededRandom(7);
    const parts = Array.from({ length: 9 }, () => Array.from({ length: 500 }, () => samples['both signs']!(random)));
    const whole = sketchOf(parts.flat());
    for (const order of [parts, [...parts].reverse()]) {
      const merged = new DelaySketch();
      for (const part of order) merged.merge(sketchOf(part));
      assert.deepEqual(merged.values(), whole.values());
      assert.deepEqual(
        [merged.count, merged.min, merged.max, merged.negativeCount],
        [whole.count, whole.min, whole.max, whole.negativeCount],
      );
      assert.ok(Math.abs(merged.sum - whole.sum) <= 1e-9 * Math.abs(whole.sum) + 1e-6);
    }
    assert.throws(() => whole.merge(new DelaySketch(0.05)), RangeError);
  });

  it('stays bounded whatever it is given', () => {
    const sketch = sketchOf([0, -0, 1e-300, -1e-300, 1e300, -1e300, Infinity, -Infinity, Number.MAX_VALUE]);
    assert.equal(sketch.count, 9);
    assert.ok(sketch.values().length <= 5);
    assert.throws(() => sketch.add(NaN), RangeError);
  });

  it('forgets all when it is cleared', () => {
    const sketch = sketchOf([1, -2, 3]);
    sketch.clear();
    assert.deepEqual([sketch.count, sketch.sum, sketch.negativeCount, sketch.values()], [0, 0, 0, []]);
    sketch.add(5);
    assert.deepEqual([sketch.min, sketch.max], [5, 5]);
  });
});

describe('sketchSummary', () => {
  it('draws the box plot of the sample: whiskers and outliers too', () => {
    const random = seededRandom(11);
    const sample = Float64Array.from({ length: 5_000 }, (_, i) => (i % 50 === 0 ? 200 : 5) + random());
    const exact = delaySummary(sample.slice().sort());
    const sketched = sketchSummary(sketchOf(sample));
    for (const name of ['count', 'min', 'max', 'negativeCount', 'outlierCount'] as const) {
      assert.equal(sketched[name], exact[name], name);
    }
    for (const name of ['q1', 'median', 'q3', 'mean', 'p90', 'p95', 'p99', 'lowerWhisker', 'upperWhisker'] as const) {
      assert.ok(Math.abs(sketched[name] - exact[name]) <= 0.0102 * exact[name], `${name} ${sketched[name]}`);
    }
    assert.equal(sketched.outliers.length, 100);
    assert.ok(sketched.outliers.every((value) => value > 197 && value < 204));
  });
});
