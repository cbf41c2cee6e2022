import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Backoff } from '../../../lib/delivery/backoff';
import { retryForever } from '../../../lib/delivery/retry';
import { TwinError } from '../../../lib/reading/twin-error';

const backoff = () => new Backoff({ minMs: 2, maxMs: 4 });
const down = new TwinError('TEST_DOWN', 'server down', { retryable: true });

test('tries again until the work succeeds and tells every wait', async () => {
  const told: { error: unknown; attempt: number; delayMs: number }[] = [];
  let calls = 0;
  const result = await retryForever(() => (++calls < 6 ? Promise.reject(down) : Promise.resolve('done')), {
    signal: new AbortController().signal,
    backoff: backoff(),
    onRetry: (error, delayMs, attempt) => told.push({ error, attempt, delayMs }),
  });
  assert.equal(result, 'done');
  assert.equal(calls, 6);
  assert.deepEqual(
    told.map(({ attempt }) => attempt),
    [1, 2, 3, 4, 5],
  );
  assert.ok(told.every(({ error, delayMs }) => error === down && delayMs >= 1 && delayMs <= 4));
});

for (const [name, error] of [
  ['a TwinError that is not retryable', new TwinError('TEST_BAD', 'wrong type')],
  ['an error of unknown kind', new TypeError('bug')],
] as const) {
  test(`${name} ends it at once`, async () => {
    let calls = 0;
    const work = () => {
      calls++;
      return Promise.reject(error);
    };
    const { signal } = new AbortController();
    await assert.rejects(retryForever(work, { signal, backoff: backoff() }), (thrown) => thrown === error);
    assert.equal(calls, 1);
  });
}

test('an abort ends a wait of an hour at once', async () => {
  const controller = new AbortController();
  const reason = new Error('deploy');
  const retrying = retryForever(() => Promise.reject(down), {
    signal: controller.signal,
    backoff: new Backoff({ minMs: 3_600_000, maxMs: 3_600_000 }),
    onRetry: () => setImmediate(() => controller.abort(reason)),
  });
  await assert.rejects(retrying, (thrown) => thrown === reason);
});

test('work that fails because it was aborted is not tried again', async () => {
  const controller = new AbortController();
  let calls = 0;
  const retrying = retryForever(
    (signal) => {
      calls++;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(down)));
    },
    { signal: controller.signal, backoff: backoff() },
  );
  controller.abort(new Error('deploy'));
  await assert.rejects(retrying, /deploy/);
  assert.equal(calls, 1);
});

test('a longer wait that the server asked for is kept', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let calls = 0;
  const waits: number[] = [];
  const busy = new TwinError('TEST_BUSY', 'try later', { retryable: true, facts: { retryAfterMs: 9_000 } });
  const retrying = retryForever(() => (++calls === 1 ? Promise.reject(busy) : Promise.resolve(calls)), {
    signal: new AbortController().signal,
    backoff: backoff(),
    // The wait begins in the same turn, after this call.
    onRetry: (_, delayMs) => {
      waits.push(delayMs);
      setImmediate(() => t.mock.timers.tick(9_000));
    },
  });
  assert.equal(await retrying, 2);
  assert.deepEqual(waits, [9_000]);
});

test('a wait may be bounded by its error, but not below what the server asked for', async () => {
  const asked = new TwinError('TEST_DOWN', 'server down', { retryable: true, facts: { retryAfterMs: 7 } });
  for (const [error, expected] of [
    [down, 1],
    [asked, 7],
  ] as const) {
    const told: number[] = [];
    let calls = 0;
    await retryForever(() => (++calls < 3 ? Promise.reject(error) : Promise.resolve()), {
      signal: new AbortController().signal,
      backoff: new Backoff({ minMs: 60_000, maxMs: 60_000 }),
      longestWaitMs: () => 1,
      onRetry: (_error, delayMs) => told.push(delayMs),
    });
    assert.deepEqual(told, [expected, expected]);
  }
});
