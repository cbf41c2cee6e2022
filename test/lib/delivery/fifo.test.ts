import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fifo } from '../../../lib/delivery/fifo';
import { seededRandom } from '../../support/seeded-random';

test('behaves as an array does, whatever is called in what order', () => {
  const random = seededRandom(7);
  const fifo = new Fifo<number>();
  let array: number[] = [];
  for (let step = 0, next = 0; step < 60_000; step++) {
    const choice = random();
    // More is put in than taken out in the first half, so that it grows beyond several cuts.
    if (choice < (step < 30_000 ? 0.7 : 0.3)) {
      fifo.push(next);
      array.push(next++);
    } else if (choice < 0.995) assert.equal(fifo.shift(), array.shift());
    else if (choice < 0.9999) {
      const some = [next++, next++, next++];
      fifo.unshift(some);
      array.unshift(...some);
    } else {
      assert.deepEqual(fifo.clear(), array);
      array = [];
    }
    assert.equal(fifo.length, array.length);
    assert.equal(fifo.first, array[0]);
  }
  assert.deepEqual(fifo.clear(), array);
});

test('an undefined item is an item', () => {
  const fifo = new Fifo<undefined>();
  fifo.push(undefined);
  assert.equal(fifo.length, 1);
  fifo.shift();
  assert.equal(fifo.length, 0);
});
