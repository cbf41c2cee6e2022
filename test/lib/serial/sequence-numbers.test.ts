import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SequenceNumbers } from '../../../lib/serial/sequence-numbers';

it('numbers rise by one within a run', () => {
  const numbers = new SequenceNumbers(1_700_000_000_000);
  assert.deepEqual([numbers.next(), numbers.next(), numbers.next()], [17e14, 17e14 + 1, 17e14 + 2]);
});

it('a later run has only higher numbers, at a thousand frames a second for years too', () => {
  const framesPerMs = 1;
  for (const runMs of [1, 1_000, 86_400_000, 3 * 365 * 86_400_000]) {
    const startMs = Date.UTC(2026, 0, 1);
    const firstOfRun = new SequenceNumbers(startMs).next();
    assert.ok(new SequenceNumbers(startMs + runMs).next() > firstOfRun + runMs * framesPerMs - 1);
  }
});

it('numbers stay exact integers for two centuries', () => {
  const numbers = new SequenceNumbers(Date.UTC(2250, 0, 1));
  const first = numbers.next();
  assert.ok(Number.isSafeInteger(first));
  assert.equal(numbers.next() - first, 1);
});
