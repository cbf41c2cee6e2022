import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Backoff } from '../../../lib/delivery/backoff';
import { Spool } from '../../../lib/delivery/spool';
import { SpoolDrain, type SpoolDrainOptions } from '../../../lib/delivery/spool-drain';
import { TwinError } from '../../../lib/reading/twin-error';
import { seededRandom } from '../../support/seeded-random';
import { until } from '../../support/until';
import { bytesOf, closeAfter, openSpool, range, sequencesOf, temporaryFolder } from './spool-harness';

const later = new TwinError('TEST_LATER', 'not now', { retryable: true });
const never = new TwinError('TEST_NEVER', 'not ever');
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function filled(t: TestContext, count: number, folder?: string): Promise<Spool> {
  const spool = await openSpool(t, { folder: folder ?? (await temporaryFolder(t)), syncEveryMs: 0 });
  await Promise.all(range(1, count).map((n) => spool.append(bytesOf(`message ${n}`))));
  return spool;
}

function drainOf(t: TestContext, options: SpoolDrainOptions): SpoolDrain {
  const drain = new SpoolDrain({ backoff: new Backoff({ minMs: 1, maxMs: 2 }), ...options });
  closeAfter(t, () => drain.close());
  return drain;
}

test('sends nothing until the server accepts, then all in order', async (t) => {
  const spool = await filled(t, 1000);
  const sent: number[] = [];
  const drain = drainOf(t, { spool, send: ({ sequence }) => Promise.resolve(sent.push(sequence)) });
  await turn();
  assert.equal(sent.length, 0);
  drain.resume();
  await once(drain, 'drained');
  assert.deepEqual(sent, range(1, 1000));
  assert.equal(spool.length, 0);
});

test('sends what is appended later, without being told', async (t) => {
  const spool = await filled(t, 0);
  const sent: number[] = [];
  const drain = drainOf(t, { spool, send: ({ sequence }) => Promise.resolve(sent.push(sequence)) });
  drain.resume();
  for (const n of range(1, 50)) {
    await spool.append(bytesOf(`${n}`));
    await until(() => spool.length === 0, 5000, 'the drain');
  }
  assert.deepEqual(sent, range(1, 50));
});

test('has no more under way than allowed', async (t) => {
  const spool = await filled(t, 500);
  let [underWay, most] = [0, 0];
  const drain = drainOf(t, {
    spool,
    maxRecords: 30,
    send: async () => {
      most = Math.max(most, ++underWay);
      await turn();
      underWay--;
    },
  });
  drain.resume();
  await once(drain, 'drained');
  assert.equal(most, 30);
});

test('a paused drain begins nothing more, and goes on when told', async (t) => {
  const spool = await filled(t, 500);
  const sent: number[] = [];
  const drain = drainOf(t, {
    spool,
    maxRecords: 10,
    send: async ({ sequence }) => {
      sent.push(sequence);
      if (sequence === 100) drain.pause();
      await turn();
    },
  });
  drain.resume();
  await until(() => spool.length === 400, 5000, 'the pause');
  for (let n = 0; n < 20; n++) await turn();
  assert.deepEqual(sent, range(1, 100));
  drain.resume();
  await once(drain, 'drained');
  assert.deepEqual(sent, range(1, 500));
});

test('what fails and may pass is sent again, with all behind it, in order', async (t) => {
  const spool = await filled(t, 300);
  const random = seededRandom(71);
  const sent: number[] = [];
  const told: string[] = [];
  const drain = drainOf(t, {
    spool,
    maxRecords: 20,
    send: async ({ sequence }) => {
      await turn();
      if (random() < 0.05) throw later;
      sent.push(sequence);
    },
  });
  drain.on('waiting', ({ code }) => told.push(code));
  drain.resume();
  await once(drain, 'drained');
  assert.ok(told.length > 5 && told.every((code) => code === 'TEST_LATER'));
  // Each one's last arrival comes after that of the one before: at the end the order is right.
  const lasts = range(1, 300).map((sequence) => sent.lastIndexOf(sequence));
  assert.ok(lasts.every((at, index) => at > (lasts[index - 1] ?? -1)));
});

test('what never will pass is told once and passed over, alone', async (t) => {
  const spool = await filled(t, 300);
  const sent = new Set<number>();
  const refused: number[] = [];
  let failures = 0;
  const drain = drainOf(t, {
    spool,
    send: ({ sequence }) => {
      if (sequence % 50 === 0) return Promise.reject(never);
      // One before a refused one fails at first, so that the refused one is met twice.
      if (sequence === 49 && failures++ < 3) return Promise.reject(later);
      if (sequence === 60) throw new TypeError('a mistake in the sink');
      sent.add(sequence);
      return Promise.resolve();
    },
  });
  drain.on('refused', ({ sequence }, { code }) => {
    refused.push(sequence);
    assert.equal(code, sequence === 60 ? 'DELIVERY_SEND_FAILED' : 'TEST_NEVER');
  });
  drain.resume();
  await once(drain, 'drained');
  assert.deepEqual(
    refused.sort((a, b) => a - b),
    [50, 60, 100, 150, 200, 250, 300],
  );
  assert.equal(sent.size, 293);
});

test('what needs no sending is passed over', async (t) => {
  const spool = await filled(t, 10);
  const sent: number[] = [];
  const drain = drainOf(t, { spool, send: ({ sequence }) => Promise.resolve(sent.push(sequence)) });
  for (const sequence of [1, 2, 7, 10]) drain.skip(sequence);
  drain.resume();
  await once(drain, 'drained');
  assert.deepEqual(sent, [3, 4, 5, 6, 8, 9]);
});

test('holds to its rate', async (t) => {
  const spool = await filled(t, 1000);
  let nowMs = 0;
  const sentMs: number[] = [];
  const drain = drainOf(t, {
    spool,
    recordsPerSecond: 50,
    now: () => nowMs,
    sleep: (ms) => {
      nowMs += ms;
      return turn();
    },
    send: () => Promise.resolve(sentMs.push(nowMs)),
  });
  drain.resume();
  await once(drain, 'drained');
  assert.equal(sentMs.length, 1000);
  assert.ok(Math.abs(nowMs - 19_900) < 300, `${nowMs} ms`);
  assert.ok(sentMs.every((ms, index) => index <= (ms / 1000) * 50 + 10));
});

test('after a failure a return of the server ends the waiting at once', async (t) => {
  const spool = await filled(t, 10);
  let broken = true;
  const drain = drainOf(t, {
    spool,
    backoff: new Backoff({ minMs: 60_000, maxMs: 60_000 }),
    send: () => (broken ? Promise.reject(later) : Promise.resolve()),
  });
  drain.resume();
  await once(drain, 'waiting');
  broken = false;
  drain.pause();
  drain.resume();
  await once(drain, 'drained');
});

test('a spool that cannot be read is told and tried again', async (t) => {
  const spool = await filled(t, 10);
  const read = spool.read.bind(spool);
  let failures = 2;
  spool.read = (...bounds) =>
    failures-- > 0 ? Promise.reject(new TwinError('DELIVERY_SPOOL_DISK', 'x', { retryable: true })) : read(...bounds);
  const told: string[] = [];
  const drain = drainOf(t, { spool, send: () => Promise.resolve() });
  drain.on('waiting', ({ code }) => told.push(code));
  drain.resume();
  await once(drain, 'drained');
  assert.deepEqual(told, ['DELIVERY_SPOOL_DISK', 'DELIVERY_SPOOL_DISK']);
});

test('closing aborts what is under way, takes at most a second, and leaves the rest for the next start', async (t) => {
  const folder = await temporaryFolder(t);
  const spool = await filled(t, 100, folder);
  for (const obeys of [true, false]) {
    let begun = 0;
    let aborted = 0;
    const drain = drainOf(t, {
      spool,
      maxRecords: 10,
      send: (_record, signal) =>
        new Promise((_resolve, reject) => {
          begun++;
          signal.addEventListener('abort', () => {
            aborted++;
            if (obeys) reject(signal.reason as TwinError);
          });
        }),
    });
    drain.resume();
    await until(() => begun === 10, 5000, 'sending');
    const begin = performance.now();
    await Promise.all([drain.close(), drain.close()]);
    assert.equal(aborted, 10);
    assert.ok(performance.now() - begin < (obeys ? 900 : 5_000));
    drain.resume();
    await turn();
    assert.equal(begun, 10, 'nothing is begun after closing');
  }
  await spool.close();
  const again = await openSpool(t, { folder });
  assert.equal(again.length, 100);
});

test('closing acknowledges what is known to have arrived another way', async (t) => {
  const spool = await filled(t, 10);
  const drain = drainOf(t, { spool, send: () => Promise.resolve() });
  for (const sequence of [1, 2, 3, 5]) drain.skip(sequence);
  await drain.close();
  assert.deepEqual(sequencesOf(await spool.read(10)), range(4, 10));
});

test('damaged records in the backlog do not hold it up', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await Spool.open({ folder });
  await Promise.all(range(1, 10).map((n) => first.append(bytesOf(`message ${n}`))));
  await first.close();
  const path = join(folder, '000000000000001.spool');
  const file = await readFile(path);
  for (const text of ['message 1', 'message 4', 'message 10']) file[file.indexOf(text)]! ^= 1;
  await writeFile(path, file);
  const spool = await openSpool(t, { folder });
  const sent: number[] = [];
  const drain = drainOf(t, { spool, send: ({ sequence }) => Promise.resolve(sent.push(sequence)) });
  drain.resume();
  await once(drain, 'drained');
  assert.deepEqual(sent, [2, 3, 5, 6, 7, 8, 9]);
  assert.equal(spool.dropped.damaged, 3);
});
