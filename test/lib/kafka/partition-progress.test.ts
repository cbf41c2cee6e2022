import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PartitionProgress } from '../../../lib/kafka/partition-progress';

function delivered(from: bigint, ...offsets: bigint[]): PartitionProgress {
  const progress = new PartitionProgress('topic', 0, from, true);
  for (const offset of offsets) progress.deliver(offset);
  return progress;
}

describe('PartitionProgress', () => {
  it('has the first gap due, not the highest settled offset', () => {
    const progress = delivered(10n, 10n, 11n, 12n);
    progress.settle(12n);
    assert.equal(progress.due, undefined);
    progress.settle(10n);
    assert.equal(progress.due, 11n);
    progress.acknowledge(11n);
    progress.settle(11n);
    assert.equal(progress.due, 13n);
  });

  it('has its beginning due at once when the group has committed nothing', () => {
    const progress = new PartitionProgress('topic', 0, 100n, false);
    assert.equal(progress.due, 100n);
    progress.acknowledge(100n);
    assert.equal(progress.due, undefined);
    assert.equal(progress.isCommitted, true);
  });

  it('counts a settle once, and a late one after it was dropped not at all', () => {
    const progress = delivered(0n, 0n, 1n);
    assert.equal(progress.settle(0n), true);
    assert.equal(progress.settle(0n), false);
    assert.equal(progress.drop(), 1);
    assert.equal(progress.settle(1n), false);
    assert.equal(progress.due, undefined);
  });

  it('commits nothing in a new generation before a fetch has shown that the partition was not touched', () => {
    const progress = delivered(0n, 0n, 1n, 2n);
    progress.suspend();
    progress.settle(0n);
    assert.equal(progress.due, undefined);
    assert.equal(progress.resume(0n), true);
    assert.equal(progress.due, 1n);
    assert.equal(progress.nextDelivery, 3n);
  });

  it('holds after a commit whose confirmation was lost', () => {
    const progress = delivered(0n, 0n, 1n, 2n);
    progress.settle(0n);
    progress.settle(1n);
    progress.suspend();
    assert.equal(progress.resume(2n), true);
    assert.equal(progress.due, undefined);
    progress.settle(2n);
    assert.equal(progress.due, 3n);
  });

  it('does not hold when another member has committed beyond what was settled here', () => {
    const progress = delivered(0n, 0n, 1n, 2n);
    progress.settle(0n);
    progress.suspend();
    assert.equal(progress.resume(2n), false);
  });

  it('does not hold when the group was set back', () => {
    const progress = delivered(50n, 50n);
    progress.settle(50n);
    progress.acknowledge(51n);
    assert.equal(progress.resume(0n), false);
    progress.suspend();
    assert.equal(progress.resume(50n), false);
  });

  it('holds while a new leader catches up with what was delivered, and not when the topic was made anew', () => {
    const progress = delivered(0n, 0n, 1n, 2n);
    for (const offset of [0n, 1n, 2n]) progress.settle(offset);
    progress.suspend();
    assert.equal(progress.resume(0n), true);
    progress.acknowledge(3n);
    progress.readUpTo(2n);
    assert.equal(progress.resume(2n), true);
    assert.equal(progress.nextDelivery, 3n);
    assert.equal(progress.resume(0n), false);
  });

  it('goes on over a gap that retention has torn', () => {
    const progress = delivered(0n, 0n);
    assert.equal(progress.resume(1_000n), true);
    progress.deliver(1_000n);
    progress.settle(0n);
    assert.equal(progress.due, 1_000n);
  });

  it('counts as lag what is not settled up to the end of the partition', () => {
    const progress = delivered(0n, 0n, 1n);
    progress.endOffset = 10n;
    progress.settle(0n);
    assert.equal(progress.lag, 9n);
  });
});
