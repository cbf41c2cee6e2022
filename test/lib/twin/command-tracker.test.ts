import assert from 'node:assert/strict';
import { it } from 'node:test';
import { CommandTracker, type CommandTrackerOptions } from '../../../lib/twin/command-tracker';

const tracker = (more: Partial<CommandTrackerOptions> = {}): CommandTracker => {
  let made = 0;
  const options = { acknowledgeMs: 1000, retries: 2, expiryMs: 10_000, repeatMs: 0, ...more };
  return new CommandTracker(options, () => `c${++made}`);
};

it('a command is sent again until it is acknowledged, and not after', () => {
  const commands = tracker();
  assert.deepEqual(commands.begin('on', 0), { id: 'c1', state: 'on', attempt: 1, expiresMs: 10_000 });
  assert.equal(commands.step(999), undefined);
  const again = commands.step(1000);
  assert.deepEqual(again, { kind: 'send', attempt: { id: 'c1', state: 'on', attempt: 2, expiresMs: 10_000 } });
  assert.equal(commands.acknowledge('c1'), true);
  assert.equal(commands.confirmed, 'on');
  assert.deepEqual([commands.step(5000), commands.nextMs()], [undefined, Infinity]);
});

it('gives up after its retries, with the reason that the receiver gave', () => {
  const commands = tracker();
  commands.begin('on', 0);
  assert.equal(commands.step(1000)?.kind, 'send');
  assert.equal(commands.step(2000)?.kind, 'send');
  commands.fail('c1', 'the port is closed');
  const step = commands.step(3000);
  assert.ok(step?.kind === 'given-up');
  assert.equal(step.error.code, 'TWIN_COMMAND_UNACKNOWLEDGED');
  assert.match(step.error.message, /"on" was sent 3 times .* the port is closed/);
  assert.deepEqual([commands.confirmed, commands.nextMs()], [undefined, Infinity]);
});

it('never sends a command at or after its expiry, however late its turn comes', () => {
  const commands = tracker({ retries: 100, expiryMs: 2500 });
  commands.begin('on', 0);
  assert.equal(commands.step(1000)?.kind, 'send');
  assert.equal(commands.step(2500)?.kind, 'given-up');
  commands.begin('off', 10_000);
  assert.equal(commands.step(3_600_000)?.kind, 'given-up');
});

it('a newer command takes the place of the one under way, whose acknowledgement then counts for nothing', () => {
  const commands = tracker();
  commands.begin('on', 0);
  commands.begin('off', 500);
  assert.equal(commands.acknowledge('c1'), false);
  assert.equal(commands.fail('c1', 'no'), false);
  const step = commands.step(1500);
  assert.ok(step?.kind === 'send');
  assert.deepEqual([step.attempt.id, step.attempt.state], ['c2', 'off']);
});

it('an attempt that failed is not acknowledged afterwards, the next one is', () => {
  const commands = tracker();
  commands.begin('on', 0);
  commands.fail('c1', 'rejected');
  assert.equal(commands.acknowledge('c1'), false);
  commands.step(1000);
  assert.equal(commands.acknowledge('c1'), true);
});

it('without acknowledgements a command is taken as carried out', () => {
  const commands = tracker({ acknowledgeMs: 0 });
  commands.begin('on', 0);
  assert.deepEqual([commands.confirmed, commands.pending, commands.nextMs()], ['on', undefined, Infinity]);
});

it('repeats the state at the set time after the last command', () => {
  const commands = tracker({ acknowledgeMs: 0, repeatMs: 5000 });
  commands.begin('on', 0);
  assert.deepEqual([commands.step(4999), commands.nextMs()], [undefined, 5000]);
  const step = commands.step(5000);
  assert.ok(step?.kind === 'send');
  assert.deepEqual(step.attempt, { id: 'c2', state: 'on', attempt: 1, expiresMs: 15_000 });
});

it('refuses times and retries that cannot be', () => {
  for (const more of [{ acknowledgeMs: -1 }, { retries: 1.5 }, { expiryMs: 0 }, { repeatMs: NaN }]) {
    assert.throws(() => tracker(more), { code: 'TWIN_OPTIONS' });
  }
});
