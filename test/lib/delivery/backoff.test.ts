import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../../lib/delivery/backoff';

const almostOne = () => 1 - Number.EPSILON;

test('waits double up to the cap and begin again after a reset', () => {
  const backoff = new Backoff({ minMs: 100, maxMs: 1000, random: almostOne });
  assert.deepEqual(
    Array.from({ length: 6 }, () => backoff.next()),
    [100, 200, 400, 800, 1000, 1000],
  );
  backoff.reset();
  assert.equal(backoff.next(), 100);
});

test('each wait lies between half and the whole of its step', () => {
  for (const random of [() => 0, () => 0.5, almostOne, Math.random]) {
    const backoff = new Backoff({ minMs: 100, maxMs: 3000, factor: 3, random });
    for (const step of [100, 300, 900, 2700, 3000]) {
      const wait = backoff.next();
      assert.ok(wait >= step / 2 && wait <= step, `${wait} ms for the step of ${step} ms`);
    }
  }
});

test('a decade of attempts stays at the cap', () => {
  const backoff = new Backoff({ minMs: 1, maxMs: 30_000, random: almostOne });
  for (let attempt = 0; attempt < 20_000; attempt++) backoff.next();
  assert.equal(backoff.next(), 30_000);
});
