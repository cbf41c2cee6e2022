import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PartitionClaim, stickyShares } from '../../../lib/kafka/sticky-shares';
import { seededRandom } from '../../support/seeded-random';

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `t/${n}`);
const claim = (memberId: string, partitions: readonly string[], sinceMs = 0): PartitionClaim => ({
  memberId,
  partitions,
  sinceMs,
});
const shared = (partitions: readonly string[], ...claims: PartitionClaim[]): Record<string, string[]> =>
  Object.fromEntries(stickyShares(partitions, claims));

describe('shares of partitions', () => {
  it('stay as they are when nothing has changed', () => {
    const claims = [claim('a', ['t/1', 't/3']), claim('b', ['t/0', 't/2'])];
    assert.deepEqual(shared(names(4), ...claims), { a: ['t/1', 't/3'], b: ['t/0', 't/2'] });
  });

  it('of a member that has gone go to its heir, and to nobody else', () => {
    const claims = [claim('z', ['t/1', 't/3']), claim('a', [])];
    assert.deepEqual(shared(names(4), ...claims), { z: ['t/1', 't/3'], a: ['t/0', 't/2'] });
  });

  it('are given up only as far as a newcomer needs them', () => {
    assert.deepEqual(shared(names(4), claim('a', names(4)), claim('b', [])), { a: ['t/0', 't/1'], b: ['t/2', 't/3'] });
  });

  it('go to the later owner where two claim them', () => {
    const claims = [claim('a', ['t/0', 't/1'], 1), claim('b', ['t/0', 't/1'], 2)];
    assert.deepEqual(shared(names(3), ...claims), { a: ['t/2'], b: ['t/0', 't/1'] });
  });

  it('leave a member without any when there are fewer partitions than members', () => {
    assert.deepEqual(shared(names(1), claim('a', []), claim('b', ['t/0', 't/9'])), { a: [], b: ['t/0'] });
  });

  it('are complete, even, and kept as far as evenness allows, whatever was before', () => {
    const random = seededRandom(8);
    for (let round = 0; round < 2_000; round++) {
      const partitions = names(Math.floor(random() * 20));
      const members = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, n) => `member ${n}`);
      const owners = partitions.map(() => Math.floor(random() * (members.length + 1)));
      const claims = members.map((member, n) =>
        claim(
          member,
          partitions.filter((_, at) => owners[at] === n),
        ),
      );
      const shares = stickyShares(partitions, claims);
      assert.deepEqual([...shares.keys()].sort(), members);
      assert.deepEqual([...shares.values()].flat().sort(), [...partitions].sort());
      const sizes = [...shares.values()].map(({ length }) => length);
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1, `sizes ${sizes.join(', ')}`);
      for (const { memberId, partitions: had } of claims) {
        const share = shares.get(memberId) ?? [];
        const kept = had.filter((partition) => share.includes(partition)).length;
        assert.ok(kept === had.length || kept === share.length, `${memberId} lost one and got another for it`);
      }
    }
  });
});
