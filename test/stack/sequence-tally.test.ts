import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SequenceTally } from '../../stack/count/sequence-tally';

test('agrees with a set of numbers, whatever the order, repeats and gaps', () => {
  let seed = 7;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 50; round += 1) {
    const tally = new SequenceTally();
    const seen = new Set<string>();
    let repeats = 0;
    for (let reading = 0; reading < 400; reading += 1) {
      const source = `board ${random(3)}`;
      const sequence = random(150);
      const isNew = !seen.has(`${source} ${sequence}`);
      seen.add(`${source} ${sequence}`);
      repeats += isNew ? 0 : 1;
      assert.equal(tally.add(source, sequence), isNew);
    }
    assert.deepEqual([tally.distinct, tally.duplicates], [seen.size, repeats]);
  }
});

test('after begin only numbers above the highest of each source count', () => {
  const tally = new SequenceTally();
  [5, 6, 8].forEach((sequence) => tally.add('a', sequence));
  tally.begin();
  assert.deepEqual(
    [7, 8, 9, 9, 10].map((sequence) => tally.add('a', sequence)),
    [false, false, true, false, true],
  );
  assert.equal(tally.add('b', 1), true, 'a source that is new counts from its first number');
  assert.deepEqual([tally.distinct, tally.duplicates], [3, 1]);
});

test('a million readings in order are kept as one range', () => {
  const tally = new SequenceTally();
  const begun = process.memoryUsage().heapUsed;
  for (let sequence = 0; sequence < 1_000_000; sequence += 1) tally.add('a', sequence);
  assert.equal(tally.distinct, 1_000_000);
  assert.ok(process.memoryUsage().heapUsed - begun < 20e6);
});
