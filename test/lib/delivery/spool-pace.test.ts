import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SpoolPace } from '../../../lib/delivery/spool-pace';

/** A clock that moves only by sleeping, later than asked for by `lateMs`. */
function clock(lateMs = 0) {
  const state = { nowMs: 5000 };
  return {
    state,
    now: () => state.nowMs,
    sleep: (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      assert.ok(ms > 0);
      state.nowMs += ms + lateMs;
      return Promise.resolve();
    },
  };
}

for (const recordsPerSecond of [0.5, 1, 7, 50, 1000, 33_333]) {
  for (const lateMs of [0, 20]) {
    test(`holds ${recordsPerSecond} records/s over ten minutes, timers ${lateMs} ms late`, async () => {
      const { state, now, sleep } = clock(lateMs);
      const pace = new SpoolPace({ recordsPerSecond, now, sleep });
      let taken = 0;
      while (state.nowMs < 605_000) taken += await pace.take(100_000);
      const rate = taken / 600;
      assert.ok(rate <= recordsPerSecond * 1.01 + 2 / 600, `${rate}`);
      assert.ok(rate >= recordsPerSecond * 0.97, `${rate}`);
    });
  }
}

test('goes evenly: at no time more than a fifth of a second ahead', async () => {
  const { state, now, sleep } = clock();
  const pace = new SpoolPace({ recordsPerSecond: 100, now, sleep });
  let taken = 0;
  for (let step = 0; step < 1000; step++) {
    taken += await pace.take(100_000);
    assert.ok(taken <= ((state.nowMs - 5000) / 1000) * 100 + 20);
  }
});

test('a long pause gives no right to a flood', async () => {
  const { state, now, sleep } = clock();
  const pace = new SpoolPace({ recordsPerSecond: 100, now, sleep });
  state.nowMs += 3_600_000;
  const before = state.nowMs;
  let taken = 0;
  while (state.nowMs === before) taken += await pace.take(5);
  assert.ok(taken <= 26, `${taken} at once`);
});

test('without a limit everything wanted goes, and time does not matter', async () => {
  const { state, now } = clock();
  const pace = new SpoolPace({ now, sleep: () => assert.fail('slept') });
  for (const wanted of [1, 1000, 1_000_000]) {
    assert.equal(await pace.take(wanted), wanted);
    pace.giveBack(1);
    state.nowMs += 1;
  }
});

test('what is given back can be taken again', async () => {
  const { state, now, sleep } = clock();
  const pace = new SpoolPace({ recordsPerSecond: 100, now, sleep });
  assert.equal(await pace.take(1000), 10);
  pace.giveBack(10);
  assert.equal(await pace.take(1000), 10);
  assert.equal(state.nowMs, 5000);
});

test('waiting ends when told', async () => {
  const stop = new AbortController();
  const pace = new SpoolPace({ recordsPerSecond: 0.001 });
  await pace.take(1);
  const waiting = pace.take(1, stop.signal);
  stop.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
});

test('a rate that is none is refused', () => {
  for (const recordsPerSecond of [0, -1, Number.NaN]) {
    assert.throws(() => new SpoolPace({ recordsPerSecond }), { code: 'DELIVERY_SPOOL_OPTIONS' });
  }
});
