import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Spool } from '../../../lib/delivery/spool';
import { SpoolDrain, type SpoolDrainOptions } from '../../../lib/delivery/spool-drain';
import { SpoolGate, type SpoolGateOptions } from '../../../lib/delivery/spool-gate';
import type { SpoolOptions } from '../../../lib/delivery/spool-options';
import { TwinError } from '../../../lib/reading/twin-error';
import { seededRandom } from '../../support/seeded-random';
import { until } from '../../support/until';
import { faultyDisk, systemError } from './spool-faulty-disk';
import { bytesOf, closeAfter, range, temporaryFolder } from './spool-harness';

const later = new TwinError('TEST_LATER', 'not now', { retryable: true });
const never = new TwinError('TEST_NEVER', 'not ever');
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

interface Rig {
  readonly gate: SpoolGate;
  readonly spool: Spool;
  readonly drain: SpoolDrain;
  /** What has arrived, in order: `live 1`, `late 2` … */
  readonly arrived: string[];
  /** Takes message n; live, it arrives when `live` resolves (default at once). */
  readonly deliver: (n: number, live?: Promise<unknown>) => ReturnType<SpoolGate['deliver']>;
}

async function rig(
  t: TestContext,
  options: Partial<SpoolGateOptions & SpoolDrainOptions & SpoolOptions> = {},
): Promise<Rig> {
  const spool = await Spool.open({ folder: await temporaryFolder(t), syncEveryMs: 0, ...options });
  const arrived: string[] = [];
  const send = ({ payload }: { payload: Buffer }) => Promise.resolve(arrived.push(`late ${payload.toString()}`));
  const drain = new SpoolDrain({ spool, send, ...options });
  const gate = new SpoolGate({ spool, drain, ...options });
  closeAfter(t, () => spool.close());
  closeAfter(t, () => gate.close());
  const deliver = (n: number, live: Promise<unknown> = Promise.resolve()) =>
    gate.deliver(
      () => bytesOf(`${n}`),
      () => live.then(() => void arrived.push(`live ${n}`)),
    );
  return { gate, spool, drain, arrived, deliver };
}

/** A promise to be settled by hand. */
function gated() {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<void>((...settle) => ([resolve, reject] = settle));
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

const numbersOf = (arrived: readonly string[]) => arrived.map((text) => Number(text.split(' ')[1]));

test('while the server accepts and no backlog is left, messages go straight to it and never touch the disk', async (t) => {
  const { gate, spool, arrived, deliver } = await rig(t);
  gate.resume();
  for (const n of range(1, 5)) assert.equal(await deliver(n), 'sent');
  assert.deepEqual(arrived, ['live 1', 'live 2', 'live 3', 'live 4', 'live 5']);
  assert.equal(spool.bytes, 0);
});

test('while it does not accept, they go into the spool, and from there in order once it is back', async (t) => {
  const { gate, spool, drain, arrived, deliver } = await rig(t);
  for (const n of range(1, 5)) assert.equal(await deliver(n), 'spooled');
  assert.equal(spool.length, 5);
  gate.resume();
  await once(drain, 'drained');
  assert.equal(await deliver(6), 'sent');
  assert.deepEqual(arrived, ['late 1', 'late 2', 'late 3', 'late 4', 'late 5', 'live 6']);
});

test('in order: while a backlog is left, new messages join its end', async (t) => {
  const held = gated();
  const { gate, drain, spool, arrived, deliver } = await rig(t, {
    send: async ({ payload }) => {
      await held.promise;
      arrived.push(`late ${payload.toString()}`);
    },
  });
  for (const n of range(1, 3)) await deliver(n);
  gate.resume();
  assert.equal(await deliver(4), 'spooled');
  const many = range(5, 100).map((n) => deliver(n));
  assert.deepEqual(new Set(await Promise.all(many)), new Set(['spooled']));
  held.resolve();
  await once(drain, 'drained');
  assert.equal(spool.length, 0);
  assert.equal(await deliver(101), 'sent');
  assert.deepEqual(numbersOf(arrived), range(1, 101));
});

test('live first: new messages go straight to the server beside the backlog, which goes at its rate', async (t) => {
  let nowMs = 0;
  const naps: (() => void)[] = [];
  const { gate, drain, spool, arrived, deliver } = await rig(t, {
    order: 'live-first',
    recordsPerSecond: 10,
    now: () => nowMs,
    sleep: (ms) =>
      new Promise((resolve) =>
        naps.push(() => {
          nowMs += ms;
          resolve();
        }),
      ),
  });
  for (const n of range(1, 3)) await deliver(n);
  gate.resume();
  assert.equal(await deliver(4), 'sent');
  await until(() => naps.length > 0, 5000, 'the pace');
  assert.deepEqual(arrived, ['live 4', 'late 1']);
  assert.equal(spool.length, 2);
  assert.equal(await deliver(5), 'sent', 'a backlog is no reason to wait');
  const drained = once(drain, 'drained');
  while (spool.length > 0) {
    naps.shift()?.();
    await turn();
  }
  await drained;
  assert.deepEqual(arrived, ['live 4', 'late 1', 'live 5', 'late 2', 'late 3']);
});

test('what is under way when the server goes is safe on disk at once, and in its order', async (t) => {
  const { gate, spool, deliver } = await rig(t);
  gate.resume();
  const held = gated();
  const underWay = range(1, 3).map((n) => deliver(n, held.promise));
  gate.pause();
  const next = deliver(4);
  assert.deepEqual(await Promise.all([...underWay, next]), ['spooled', 'spooled', 'spooled', 'spooled']);
  assert.deepEqual(
    (await spool.read(10)).map(({ payload }) => payload.toString()),
    ['1', '2', '3', '4'],
  );
});

test('what the sink gets confirmed after all is not sent again from its copy', async (t) => {
  const { gate, drain, spool, arrived, deliver } = await rig(t);
  gate.resume();
  const held = gated();
  const underWay = range(1, 3).map((n) => deliver(n, held.promise));
  gate.pause();
  await Promise.all(underWay);
  await deliver(4);
  gate.resume();
  await deliver(5);
  assert.equal(spool.length, 5, 'the backlog waits for them');
  held.resolve();
  await once(drain, 'drained');
  assert.deepEqual(arrived, ['live 1', 'live 2', 'live 3', 'late 4', 'late 5']);
});

test('a confirmation that does not come holds the backlog up for a set time only', async (t) => {
  const { gate, drain, arrived, deliver } = await rig(t, { settleMs: 30 });
  gate.resume();
  const held = gated();
  void deliver(1, held.promise);
  gate.pause();
  await deliver(2);
  gate.resume();
  await once(drain, 'drained');
  assert.deepEqual(arrived, ['late 1', 'late 2']);
  held.resolve();
  await turn();
  assert.deepEqual(arrived, ['late 1', 'late 2', 'live 1'], 'twice, but never lost');
});

test('what the sink gives up for now goes into the spool; what it refuses for good is rejected alone', async (t) => {
  const { gate, drain, arrived, deliver } = await rig(t);
  gate.resume();
  const [up, bad] = [gated(), gated()];
  const outcomes = Promise.allSettled([deliver(1, up.promise), deliver(2, bad.promise), deliver(3)]);
  up.reject(later);
  bad.reject(never);
  const drained = once(drain, 'drained');
  assert.deepEqual(await outcomes, [
    { status: 'fulfilled', value: 'spooled' },
    { status: 'rejected', reason: never },
    { status: 'fulfilled', value: 'sent' },
  ]);
  await drained;
  assert.deepEqual(arrived, ['live 3', 'late 1']);
});

test('what the sink refuses after its copy was made is told by the drain', async (t) => {
  const { gate, drain, deliver } = await rig(t, { send: () => Promise.reject(never) });
  gate.resume();
  const bad = gated();
  const delivery = deliver(1, bad.promise);
  gate.pause();
  assert.equal(await delivery, 'spooled');
  bad.reject(never);
  const refused = once(drain, 'refused');
  gate.resume();
  assert.equal(((await refused) as [unknown, TwinError])[1], never);
});

test('with a full disk: lost while the server is away, and told so; sent out of order while it is there', async (t) => {
  let full = true;
  const fileSystem = faultyDisk((call, file) =>
    full && call === 'write' && file.endsWith('.spool') ? systemError('ENOSPC') : undefined,
  );
  const held = gated();
  const { gate, drain, arrived, deliver } = await rig(t, {
    fileSystem,
    send: async ({ payload }) => {
      await held.promise;
      arrived.push(`late ${payload.toString()}`);
    },
  });
  await assert.rejects(deliver(1), { code: 'DELIVERY_SPOOL_DISK', retryable: true });
  full = false;
  await deliver(2);
  gate.resume();
  full = true;
  assert.equal(await deliver(3), 'sent');
  const drained = once(drain, 'drained');
  held.resolve();
  await drained;
  assert.deepEqual(arrived, ['live 3', 'late 2']);
});

test('a full disk when the server goes: what is under way stays with the sink, which decides', async (t) => {
  const fileSystem = faultyDisk((call, file) =>
    call === 'write' && file.endsWith('.spool') ? systemError('ENOSPC') : undefined,
  );
  const { gate, deliver } = await rig(t, { fileSystem });
  gate.resume();
  const [kept, up, bad] = [gated(), gated(), gated()];
  const outcomes = Promise.allSettled([kept, up, bad].map(({ promise }, index) => deliver(index, promise)));
  gate.pause();
  await turn();
  kept.resolve();
  up.reject(later);
  bad.reject(never);
  const [first, second, third] = await outcomes;
  assert.deepEqual(first, { status: 'fulfilled', value: 'sent' });
  assert.ok(second?.status === 'rejected' && second.reason instanceof TwinError);
  assert.equal(second.reason.code, 'DELIVERY_SPOOL_DISK');
  assert.deepEqual(third, { status: 'rejected', reason: never });
});

test('what found no room on disk when the server went, and is then given up, gets there all the same', async (t) => {
  let full = true;
  const fileSystem = faultyDisk((call, file) =>
    full && call === 'write' && file.endsWith('.spool') ? systemError('ENOSPC') : undefined,
  );
  const { gate, spool, deliver } = await rig(t, { fileSystem });
  gate.resume();
  const up = gated();
  const delivery = deliver(1, up.promise);
  gate.pause();
  await until(() => !gate.backlogged, 5_000, 'the failed copy');
  full = false;
  up.reject(later);
  assert.equal(await delivery, 'spooled');
  assert.equal(spool.length, 1);
});

test('a message that goes straight to the server is not encoded for the disk', async (t) => {
  const { gate } = await rig(t);
  gate.resume();
  const encode = () => assert.fail('encoded');
  assert.equal(await gate.deliver(encode, () => Promise.resolve()), 'sent');
});

test('closing keeps what the sink has not confirmed, and what comes after as long as the spool is open', async (t) => {
  const { gate, spool, deliver } = await rig(t);
  gate.resume();
  const held = gated();
  const underWay = range(1, 3).map((n) => deliver(n, held.promise));
  await gate.close();
  await gate.close();
  assert.deepEqual(await Promise.all(underWay), ['spooled', 'spooled', 'spooled']);
  assert.equal(await deliver(4), 'spooled');
  gate.resume();
  assert.equal(spool.length, 4);
  await spool.close();
  await assert.rejects(deliver(5), { code: 'DELIVERY_CLOSED', retryable: true });
});

test('closing after the sink: what was confirmed is not kept, what was given up is', async (t) => {
  const { gate, spool, deliver } = await rig(t);
  gate.resume();
  const [confirmed, up] = [gated(), gated()];
  const deliveries = [deliver(1, confirmed.promise), deliver(2, up.promise)];
  gate.pause();
  await Promise.all(deliveries);
  confirmed.resolve();
  up.reject(later);
  await turn();
  await gate.close();
  assert.deepEqual(
    (await spool.read(10)).map(({ payload }) => payload.toString()),
    ['2'],
  );
});

for (const order of ['in-order', 'live-first'] as const) {
  test(`a server that comes and goes at random, ${order}: nothing is lost${order === 'in-order' ? ', the order is kept' : ''}`, async (t) => {
    const random = seededRandom(81);
    let up = false;
    const waiting: (() => void)[] = [];
    /** As a sink does: what is sent while the server is away goes out, in order, when it is back. */
    const server = (n: number, how: string) =>
      new Promise<void>((resolve) => {
        const take = () => {
          arrived.push(`${how} ${n}`);
          resolve();
        };
        if (up) take();
        else waiting.push(take);
      });
    const { gate, spool, arrived } = await rig(t, {
      order,
      maxRecords: 7,
      send: ({ payload }) => server(Number(payload.toString()), 'late'),
    });
    const deliveries: Promise<unknown>[] = [];
    for (let n = 1; n <= 5000; n++) {
      deliveries.push(
        gate.deliver(
          () => bytesOf(`${n}`),
          () => server(n, 'live'),
        ),
      );
      if (random() < 0.1) await turn();
      if (random() < 0.02) {
        up = !up;
        // Its clients learn of it a little later.
        if (random() < 0.5) await turn();
        if (up) for (const take of waiting.splice(0)) take();
        if (up) gate.resume();
        else gate.pause();
        // Some outages end before the next begins.
        if (up && random() < 0.5) await until(() => spool.length === 0, 10_000, 'the end of the backlog');
      }
    }
    up = true;
    for (const take of waiting.splice(0)) take();
    gate.resume();
    await Promise.all(deliveries);
    await until(() => spool.length === 0, 10_000, 'the end of the backlog');
    const numbers = numbersOf(arrived);
    assert.deepEqual(
      [...new Set(numbers)].sort((a, b) => a - b),
      range(1, 5000),
    );
    assert.ok(arrived.some((text) => text.startsWith('late')) && arrived.some((text) => text.startsWith('live')));
    assert.equal(numbers.length, 5000, 'none twice');
    if (order === 'in-order') assert.deepEqual(numbers, range(1, 5000));
  });
}

test('of what the disk loses, only what is nowhere else counts as lost', async (t) => {
  const folder = await temporaryFolder(t);
  const { gate, spool, arrived, deliver } = await rig(t, { folder, settleMs: 20 });
  let lost = 0;
  spool.on('dropped', (dropped) => (lost += gate.lost(dropped)));
  const [confirmed, open] = [gated(), gated()];
  gate.resume();
  const under = [deliver(1, confirmed.promise), deliver(2, open.promise)];
  gate.pause();
  assert.equal(await deliver(3), 'spooled');
  await Promise.all(under);
  confirmed.resolve();
  await turn();
  for (const name of await readdir(folder)) if (name.endsWith('.spool')) await truncate(join(folder, name), 0);
  gate.resume();
  await until(() => spool.dropped.damaged === 3, 5_000, 'the damage to be found');
  assert.equal(lost, 1, 'the first has arrived, the second is still under way');
  // The second fails after all: it has no copy any more, and gets another.
  open.reject(later);
  await until(() => arrived.length === 2, 5_000, 'the second');
  assert.deepEqual(arrived, ['live 1', 'late 2']);
  assert.equal(lost, 1);
});
