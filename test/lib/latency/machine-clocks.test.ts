import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hopOffset, type OffsetBound, type StampClock } from '../../../lib/latency/machine-clocks';
import { RollingMaximum } from '../../../lib/latency/rolling-maximum';
import { seededRandom } from '../../support/seeded-random';

const clocks: StampClock[] = [
  { stamp: 'Board', machine: '', offsetMs: 900 },
  { stamp: 'Bridge', machine: 'server', offsetMs: 0 },
  { stamp: 'Model', machine: 'server', offsetMs: 0 },
  { stamp: 'Other', machine: 'other', offsetMs: 0 },
];
const known: Record<string, OffsetBound> = {
  server: { offsetMs: 40, errorMs: 2 },
  other: { offsetMs: -10, errorMs: 1 },
};
const offset = (from: string, to: string, clockOffsetMs = 0): OffsetBound | 'none' | undefined => {
  const at = hopOffset({ from, to, label: 'l', clockOffsetMs }, clocks, (machine) => known[machine]);
  return at ? at(0) : 'none';
};

describe('hopOffset', () => {
  it('is how far the clock at the end runs ahead of the one at the beginning, with the errors of both', () => {
    assert.deepEqual(offset('Bridge', 'now'), { offsetMs: -40, errorMs: 2 });
    assert.deepEqual(offset('MQTT', 'Bridge'), { offsetMs: 40, errorMs: 2 });
    assert.deepEqual(offset('Bridge', 'Other'), { offsetMs: -50, errorMs: 3 });
    assert.deepEqual(offset('Board', 'Bridge', 5), { offsetMs: -855, errorMs: 2 });
    assert.deepEqual(offset('Board', 'now'), { offsetMs: -900, errorMs: 0 });
  });

  it('is exact between two stamps of one machine, whatever its clock shows', () => {
    assert.deepEqual(offset('Bridge', 'Model'), { offsetMs: 0, errorMs: 0 });
  });

  it("is the hop's own where no clock is named, and unknown while a machine has not answered", () => {
    assert.equal(offset('MQTT', 'now'), 'none');
    delete known['other'];
    assert.equal(offset('Bridge', 'Other'), undefined);
  });
});

it('RollingMaximum never lies below the maximum of its window, and comes down in the end', () => {
  const random = seededRandom(2);
  for (const [maxCount, maxAgeMs] of [
    [50, Infinity],
    [1_000_000, 300],
    [40, 200],
  ] as const) {
    const maximum = new RollingMaximum({ maxCount, maxAgeMs });
    const seen: { value: number; at: number }[] = [];
    for (let i = 0; i < 2_000; i++) {
      const at = i * 5;
      seen.push({ value: random() ** 8, at });
      maximum.add(seen.at(-1)!.value, at);
      const window = seen.slice(-maxCount).filter((entry) => entry.at > at - maxAgeMs);
      assert.ok(maximum.value >= Math.max(...window.map(({ value }) => value)));
      const lately = seen.slice(-150);
      assert.ok(maximum.value <= Math.max(...lately.map(({ value }) => value)));
    }
  }
});
