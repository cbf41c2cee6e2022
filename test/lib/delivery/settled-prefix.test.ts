import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SettledPrefix } from '../../../lib/delivery/settled-prefix';
import { seededRandom } from '../../support/seeded-random';

/** The same by its definition: look through everything, every time. */
class NaivePrefix {
  readonly entries: { offset: bigint; settled: boolean }[] = [];
  settle(offset: bigint): void {
    for (const entry of this.entries) if (entry.offset === offset) entry.settled = true;
  }
  get open(): number {
    return this.entries.filter(({ settled }) => !settled).length;
  }
  get next(): bigint | undefined {
    const last = this.entries.at(-1);
    return last && (this.entries.find(({ settled }) => !settled)?.offset ?? last.offset + 1n);
  }
}

test('agrees with a naive model in random orders of adding and settling', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed);
    const prefix = new SettledPrefix();
    const naive = new NaivePrefix();
    const open: bigint[] = [];
    let offset = BigInt(Math.floor(random() * 1e6));
    for (let step = 0; step < 400; step++) {
      const dice = random();
      if (dice < 0.5 || open.length === 0) {
        offset += 1n + (random() < 0.2 ? BigInt(Math.floor(random() * 50)) : 0n);
        prefix.add(offset);
        naive.entries.push({ offset, settled: false });
        open.push(offset);
      } else if (dice < 0.95) {
        const [settled] = open.splice(Math.floor(random() * open.length), 1);
        prefix.settle(settled!);
        naive.settle(settled!);
      } else {
        // Late or foreign: settled before, in a gap, or never handed out.
        const stranger = offset + 1n + BigInt(Math.floor(random() * 5));
        const again = naive.entries.find(({ settled }) => settled)?.offset ?? stranger;
        prefix.settle(stranger);
        prefix.settle(again);
      }
      assert.equal(prefix.open, naive.open, `open, seed ${seed}, step ${step}`);
      assert.equal(prefix.next, naive.next, `next, seed ${seed}, step ${step}`);
    }
  }
});

test('knows nothing to commit before the first offset, and what follows the last when all is settled', () => {
  const prefix = new SettledPrefix();
  assert.equal(prefix.next, undefined);
  prefix.add(7n);
  assert.equal(prefix.next, 7n);
  prefix.settle(7n);
  assert.equal(prefix.next, 8n);
});

test('refuses an offset that does not rise', () => {
  const prefix = new SettledPrefix();
  prefix.add(5n);
  assert.throws(() => prefix.add(5n), { code: 'DELIVERY_OFFSET_ORDER' });
  assert.throws(() => prefix.add(4n), { code: 'DELIVERY_OFFSET_ORDER' });
});

/** Milliseconds per call with a window that holds `window` open offsets, the first of them settled last. */
function cost(window: number): number {
  const prefix = new SettledPrefix();
  const rounds = Math.ceil(400_000 / window);
  const began = performance.now();
  let seen = 0n;
  for (let round = 0; round < rounds; round++) {
    const first = BigInt(round * window);
    for (let index = 0n; index < window; index++) prefix.add(first + index);
    for (let index = BigInt(window) - 1n; index >= 0n; index--) {
      prefix.settle(first + index);
      seen += prefix.next!;
    }
  }
  assert.ok(seen > 0n && prefix.open === 0);
  return (performance.now() - began) / (rounds * window);
}

test('a call costs no more with a window of 100,000 than with one of 1,000, in order of magnitude', () => {
  cost(1_000);
  const small = Math.min(cost(1_000), cost(1_000));
  const large = Math.min(cost(100_000), cost(100_000));
  // Anything linear in the window would be 100 times as slow; caches alone make a factor of about 2.
  assert.ok(large < small * 15, `${(large * 1e6).toFixed(0)} ns against ${(small * 1e6).toFixed(0)} ns`);
});
