import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClockFilter } from '../../../lib/latency/clock-filter';
import { seededRandom } from '../../support/seeded-random';

/**
 * Exchanges over a way that is slow at random, and not the same there and back, with a clock that is ahead and drifts.
 */
function* exchanges(count: number, { aheadMs = 900, ppm = 0, everyMs = 5_000, seed = 1, stepAt = Infinity } = {}) {
  const random = seededRandom(seed);
  const way = (): number => 1 + random() * 2 + (random() < 0.3 ? random() * 300 : 0);
  for (let i = 0; i < count; i++) {
    const ahead = (ms: number): number => aheadMs + (ppm / 1e6) * ms + (i >= stepAt ? 5_000 : 0);
    const t1 = i * everyMs;
    const there = t1 + way();
    const leaves = there + random() * 50;
    const t4 = leaves + way();
    yield { sample: { t1, t2: there + ahead(there), t3: leaves + ahead(leaves), t4 }, truth: ahead(t4) };
  }
}

describe('ClockFilter', () => {
  it('keeps the true offset within its error, however unequal the two ways are', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const filter = new ClockFilter();
      for (const { sample, truth } of exchanges(200, { seed })) {
        assert.ok(filter.add(sample));
        const { offsetMs, errorMs } = filter.estimate(sample.t4)!;
        assert.ok(Math.abs(offsetMs - truth) <= errorMs, `${offsetMs} ± ${errorMs}, truth ${truth}`);
      }
      assert.ok(filter.estimate(1e6)!.errorMs < 8, 'the best round trip of the window counts, not the last');
    }
  });

  it('follows a clock that drifts for hours', () => {
    for (const ppm of [-90, 90]) {
      const filter = new ClockFilter();
      for (const { sample, truth } of exchanges(4_000, { ppm, seed: 3 })) {
        filter.add(sample);
        const { offsetMs, errorMs, steps } = filter.estimate(sample.t4)!;
        assert.ok(Math.abs(offsetMs - truth) <= errorMs, `${offsetMs} ± ${errorMs}, truth ${truth}`);
        assert.equal(steps, 0);
      }
      assert.ok(filter.estimate(20_000_000)!.errorMs < 10);
    }
  });

  it('forgets what it knew when a clock was set', () => {
    const filter = new ClockFilter();
    for (const { sample, truth } of exchanges(100, { stepAt: 50 })) {
      filter.add(sample);
      const { offsetMs, errorMs } = filter.estimate(sample.t4)!;
      assert.ok(Math.abs(offsetMs - truth) <= errorMs);
    }
    assert.equal(filter.estimate(500_000)!.steps, 1);
  });

  it('states the error as half the round trip, growing while no answer comes', () => {
    const filter = new ClockFilter({ driftPpm: 100 });
    filter.add({ t1: 1_000, t2: 1_905, t3: 1_907, t4: 1_008 });
    assert.deepEqual(filter.estimate(1_008), {
      ...{ offsetMs: 902, errorMs: 3, roundTripMs: 6, ageMs: 0, count: 1, steps: 0 },
    });
    assert.ok(Math.abs(filter.estimate(3_601_008)!.errorMs - 363) < 1e-6);
  });

  it('knows nothing before the first answer, and refuses stamps that cannot be', () => {
    const filter = new ClockFilter();
    assert.equal(filter.estimate(0), undefined);
    assert.equal(filter.add({ t1: 10, t2: 5, t3: 6, t4: 9 }), false);
    assert.equal(filter.add({ t1: 10, t2: 6, t3: 5, t4: 12 }), false);
    assert.equal(filter.add({ t1: 10, t2: 0, t3: 100, t4: 20 }), false);
    assert.equal(filter.estimate(0), undefined);
  });
});
