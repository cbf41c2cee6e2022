import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TurnoverMap } from '../../../lib/delivery/turnover-map';
import { TurnoverSet } from '../../../lib/delivery/turnover-set';
import { mersenneTwister } from '../../../lib/series/mersenne-twister';
import { outlivedBytes } from '../../support/outlived';

describe('A map of what comes and goes', () => {
  it('is a map, with its entries in the order of their coming', () => {
    const next = mersenneTwister(7);
    const [ours, reference] = [new TurnoverMap<number, string>(), new Map<number, string>()];
    for (let step = 0; step < 5_000; step++) {
      const key = next() % 40;
      if (next() % 2 === 0) {
        ours.set(key, `${step}`);
        reference.set(key, `${step}`);
      } else assert.equal(ours.delete(key), reference.delete(key));
      assert.equal(ours.size, reference.size);
      assert.equal(ours.get(key), reference.get(key));
      assert.equal(ours.has(key), reference.has(key));
      assert.deepEqual(ours.values(), [...reference.values()]);
      assert.equal(ours.first(), [...reference.values()][0]);
    }
    const seen: [number, string][] = [];
    ours.forEach((value, key) => seen.push([key, value]));
    assert.deepEqual(seen, [...reference]);
    ours.clear();
    assert.equal(ours.size, 0);
    assert.equal(ours.first(), undefined);
  });

  it('lets entries come and go while they are looked at', () => {
    const set = new TurnoverSet<number>();
    for (let i = 0; i < 100; i++) set.add(i);
    for (const member of set.values()) {
      set.delete(member);
      set.add(member + 1_000);
    }
    assert.deepEqual(
      set.values(),
      Array.from({ length: 100 }, (_, i) => i + 1_000),
    );
  });

  it('lets go of what went through it, also after it was idle for a while', () => {
    const map = new TurnoverMap<number, number[]>();
    let [came, gone] = [0, 0];
    const bytes = outlivedBytes(() => {
      map.set(came++, new Array<number>(100).fill(came));
      if (map.size > 3) map.delete(gone++);
    });
    // A `Map` keeps 2.5 of these 16 MB.
    assert.ok(bytes < 1e6, `${bytes} bytes`);
  });
});
