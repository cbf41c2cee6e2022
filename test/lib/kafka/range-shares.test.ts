import assert from 'node:assert/strict';
import { it } from 'node:test';
import { rangeShares } from '../../../lib/kafka/range-shares';

const partitions = (count: number) => () => Array.from({ length: count }, (_, n) => n);

it('cuts the partitions into ranges, the first members with one more, in the order of their ids', () => {
  const members = ['c', 'a', 'b'].map((memberId) => ({ memberId, topics: ['t'] }));
  assert.deepEqual(Object.fromEntries(rangeShares(members, partitions(8))), {
    a: { t: [0, 1, 2] },
    b: { t: [3, 4, 5] },
    c: { t: [6, 7] },
  });
});

it('gives a member only partitions of topics that it reads, and one without any an empty share', () => {
  const members = [
    { memberId: 'a', topics: ['one', 'two'] },
    { memberId: 'b', topics: ['two'] },
    { memberId: 'c', topics: [] },
  ];
  assert.deepEqual(Object.fromEntries(rangeShares(members, partitions(2))), {
    a: { one: [0, 1], two: [0] },
    b: { two: [1] },
    c: {},
  });
});

it('leaves members without a partition when there are more of them than partitions', () => {
  const members = ['a', 'b', 'c'].map((memberId) => ({ memberId, topics: ['t'] }));
  assert.deepEqual(Object.fromEntries(rangeShares(members, partitions(1))), { a: { t: [0] }, b: {}, c: {} });
});
