import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LoopGuard, ORIGIN_HEADER } from '../../../lib/bridge/loop-guard';

describe('LoopGuard', () => {
  it('begins a trail with its name and adds to one that is there, in whatever form it came', () => {
    const guard = new LoopGuard('here');
    assert.equal(guard.follow({}), 'here');
    for (const trail of ['a,b', Buffer.from('a,b'), ['a', 'b'], [Buffer.from('a'), 'b']]) {
      assert.equal(guard.follow({ [ORIGIN_HEADER]: trail }), 'a,b,here');
    }
  });

  it('stops a message that carries its name anywhere in the trail', () => {
    const guard = new LoopGuard('here');
    for (const trail of ['here', 'a,here,b', ['a', Buffer.from('here')]]) {
      assert.equal(guard.follow({ [ORIGIN_HEADER]: trail }), undefined);
    }
  });

  it('lets names pass that only resemble its own', () => {
    assert.equal(new LoopGuard('here').follow({ [ORIGIN_HEADER]: 'heretic,Here' }), 'heretic,Here,here');
  });

  it('refuses a name that a trail could not hold', () => {
    for (const name of ['', 'a,b', 'a b', 'x'.repeat(65)]) assert.throws(() => new LoopGuard(name), /loop guard/);
  });
});
