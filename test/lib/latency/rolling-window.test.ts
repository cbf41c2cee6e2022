import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RollingWindow, type WindowLimits } from '../../../lib/latency/rolling-window';
import { seededRandom } from '../../support/seeded-random';

/** What a window should hold, by sorting anew each time. */
class NaiveWindow {
  #entries: { value: number; timeMs: number }[] = [];
  constructor(readonly limits: WindowLimits) {}
  add(value: number, timeMs: number): void {
    this.evict(timeMs);
    this.#entries.push({ value, timeMs });
    if (this.#entries.length > this.limits.maxCount) this.#entries.shift();
  }
  evict(nowMs: number): void {
    while (this.#entries[0] && this.#entries[0].timeMs <= nowMs - this.limits.maxAgeMs) this.#entries.shift();
  }
  get sorted(): number[] {
    return this.#entries.map(({ value }) => value).sort((a, b) => a - b);
  }
}

const shapes: Record<string, (random: () => number, i: number) => number> = {
  'spread values': (random) => random() * 1000 - 200,
  'few distinct whole milliseconds, zeros of both signs among them': (random) => Math.round(random() * 6 - 3),
  'rising values': (_random, i) => i,
  'falling values': (_random, i) => -i,
  'a value that stays the same': () => 7,
};

/** After each change, after a few, and after so many that all is sorted anew. */
const isAsked = (i: number): boolean => i < 400 || i % (i < 1200 ? 7 : 391) === 0;

describe('RollingWindow', () => {
  for (const [name, shape] of Object.entries(shapes)) {
    for (const limits of [
      { maxCount: 1, maxAgeMs: Infinity },
      { maxCount: 7, maxAgeMs: Infinity },
      { maxCount: 300, maxAgeMs: Infinity },
      { maxCount: 300, maxAgeMs: 900 },
    ]) {
      it(`holds ${name} as a freshly sorted array does (${limits.maxCount} values, ${limits.maxAgeMs} ms)`, () => {
        const random = seededRandom(limits.maxCount);
        const window = new RollingWindow(limits);
        const naive = new NaiveWindow(limits);
        let timeMs = 0;
        for (let i = 0; i < 2000; i++) {
          timeMs += random() < 0.01 ? 500 : random() * 10;
          const value = shape(random, i);
          window.add(value, timeMs);
          naive.add(value, timeMs);
          if (isAsked(i)) {
            assert.equal(window.count, naive.sorted.length);
            assert.deepEqual([...window.sorted].map(plainZero), naive.sorted.map(plainZero), `after ${i + 1} values`);
          }
        }
        window.evict(timeMs + 450);
        naive.evict(timeMs + 450);
        assert.deepEqual([...window.sorted].map(plainZero), naive.sorted.map(plainZero));
      });
    }
  }

  it('is empty once every value has aged out, and fills again', () => {
    const window = new RollingWindow({ maxCount: 10, maxAgeMs: 100 });
    for (let i = 0; i < 10; i++) window.add(i, i);
    window.evict(109);
    assert.equal(window.count, 0);
    window.add(5, 200);
    assert.deepEqual([...window.sorted], [5]);
  });

  it('keeps its values when the clock goes back', () => {
    const window = new RollingWindow({ maxCount: 10, maxAgeMs: 100 });
    window.add(1, 1000);
    window.add(2, 500);
    window.evict(400);
    assert.deepEqual([...window.sorted], [1, 2]);
  });

  it('refuses NaN and limits that make no window', () => {
    assert.throws(() => new RollingWindow({ maxCount: 1, maxAgeMs: Infinity }).add(NaN, 0), /NaN/);
    for (const maxCount of [0, 1.5, -1]) assert.throws(() => new RollingWindow({ maxCount, maxAgeMs: 1 }), RangeError);
    assert.throws(() => new RollingWindow({ maxCount: 1, maxAgeMs: 0 }), RangeError);
  });
});

/** The order of 0 and -0 among themselves means nothing. */
const plainZero = (value: number): number => value + 0;
