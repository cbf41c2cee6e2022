import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { sleep } from '../../../lib/delivery/abortable-sleep';

test('resolves when the time has passed, not before', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let woke = false;
  const slept = sleep(500).then(() => (woke = true));
  t.mock.timers.tick(499);
  await Promise.resolve();
  assert.equal(woke, false);
  t.mock.timers.tick(1);
  await slept;
  assert.equal(woke, true);
});

test("an abort ends the wait with the signal's reason", async () => {
  const controller = new AbortController();
  const reason = new Error('deploy');
  const slept = sleep(60_000, controller.signal);
  controller.abort(reason);
  await assert.rejects(slept, (error) => error === reason);
});

test('a signal that is already aborted ends the wait at once', async () => {
  const reason = new Error('stopped');
  await assert.rejects(sleep(60_000, AbortSignal.abort(reason)), (error) => error === reason);
});

test('leaves no listener on a signal that outlives it', async () => {
  const { signal } = new AbortController();
  await sleep(1, signal);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});
