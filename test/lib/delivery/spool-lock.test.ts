import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { promises } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Spool } from '../../../lib/delivery/spool';
import { SpoolLock, type SpoolLockOptions } from '../../../lib/delivery/spool-lock';
import { ownIdentity, type LockIdentity } from '../../../lib/delivery/spool-lock-holder';
import { until } from '../../support/until';
import { bytesOf, closeAfter, drain, openSpool, temporaryFolder, textsOf } from './spool-harness';
import { TYPESCRIPT } from '../../support/typescript';

const onLinux = { skip: process.platform !== 'linux' && 'processes are told apart by /proc, which only Linux has' };

async function acquire(t: TestContext, folder: string, options: SpoolLockOptions = {}): Promise<SpoolLock> {
  const lock = await SpoolLock.acquire(promises, folder, options);
  closeAfter(t, () => lock.release());
  return lock;
}

/** A lock left behind by somebody who is like this process but for what is given. */
async function leaveLock(folder: string, differences: Partial<LockIdentity>): Promise<string> {
  const path = join(folder, 'lock.1');
  await writeFile(path, JSON.stringify({ ...(await ownIdentity('left behind')), ...differences }));
  return path;
}

/** The number of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  return child.pid!;
}

test('a second open in the same process is refused until the first closes', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await Spool.open({ folder });
  await assert.rejects(Spool.open({ folder }), {
    code: 'DELIVERY_SPOOL_LOCKED',
    retryable: true,
    message: new RegExp(`process ${process.pid}`),
  });
  assert.equal(await first.append(bytesOf('still mine')), 1);
  await first.close();
  const second = await openSpool(t, { folder });
  assert.deepEqual(textsOf(await drain(second)), ['still mine']);
});

test('another process is kept out while this one lives, and gets in when it was killed', async (t) => {
  const folder = await temporaryFolder(t);
  const appender = join(__dirname, 'spool-appender.ts');
  const child = spawn(process.execPath, [...TYPESCRIPT, appender, folder, '1', 'process'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  closeAfter(t, () => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.stdout.resume();
  await assert.rejects(Spool.open({ folder }), { code: 'DELIVERY_SPOOL_LOCKED' });
  child.kill('SIGSTOP');
  await assert.rejects(Spool.open({ folder }), { code: 'DELIVERY_SPOOL_LOCKED' }, 'standing still is living');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const spool = await openSpool(t, { folder });
  assert.ok(spool.length > 0);
});

test('of many that find the same dead lock at once, one gets it', async (t) => {
  for (let round = 0; round < 20; round++) {
    const folder = await temporaryFolder(t);
    await leaveLock(folder, { pid: await deadPid() });
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => acquire(t, folder)));
    const got = outcomes.filter(({ status }) => status === 'fulfilled').length;
    assert.equal(got, 1, `round ${round}`);
    assert.equal((await readdir(folder)).length, 1, 'the others leave nothing behind');
  }
});

test('of many processes that want a new folder at once, one gets it', async (t) => {
  const folder = await temporaryFolder(t);
  const script = `
    const { promises } = require('node:fs');
    const { SpoolLock } = require(${JSON.stringify(join(__dirname, '../../../lib/delivery/spool-lock.ts'))});
    SpoolLock.acquire(promises, ${JSON.stringify(folder)}).then(
      () => { process.stdout.write('got '); setInterval(() => {}, 1000); },
      (error) => process.stdout.write(error.code + ' '),
    );`;
  const children = Array.from({ length: 6 }, () =>
    spawn(process.execPath, [...TYPESCRIPT, '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  closeAfter(t, () => children.forEach((child) => child.kill('SIGKILL')));
  const outputs = await Promise.all(children.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])));
  assert.deepEqual(outputs.sort(), [...Array<string>(5).fill('DELIVERY_SPOOL_LOCKED '), 'got ']);
});

test('a lock of a process number that belongs to another process now is taken over', onLinux, async (t) => {
  const folder = await temporaryFolder(t);
  await leaveLock(folder, { pid: process.ppid, started: '1' });
  assert.ok((await acquire(t, folder)).held);
});

test('a lock from before the last boot is taken over', onLinux, async (t) => {
  const folder = await temporaryFolder(t);
  await leaveLock(folder, { boot: 'another boot' });
  assert.ok((await acquire(t, folder)).held);
});

for (const [who, differences] of Object.entries({
  'in another container': { pidNamespace: 'pid:[1]' },
  'on another machine': { host: `not ${hostname()}`, boot: 'another boot' },
})) {
  test(`a holder ${who} is alive while it touches its lock, and dead when it no longer does`, onLinux, async (t) => {
    const folder = await temporaryFolder(t);
    const path = await leaveLock(folder, differences);
    const beat = setInterval(() => void promises.utimes(path, new Date(), new Date()), 20);
    closeAfter(t, () => clearInterval(beat));
    await assert.rejects(acquire(t, folder, { watchMs: 5000 }), { code: 'DELIVERY_SPOOL_LOCKED' });
    clearInterval(beat);
    assert.ok((await acquire(t, folder, { watchMs: 300 })).held);
  });
}

for (const text of ['', '{', 'null', '[]', '{"pid":"1","host":"h"}', '{"pid":-1,"host":"h"}']) {
  test(`a lock that says ${JSON.stringify(text)} is watched, then taken over`, async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, 'lock.1'), text);
    const begin = performance.now();
    assert.ok((await acquire(t, folder, { watchMs: 200 })).held);
    assert.ok(performance.now() - begin >= 200);
  });
}

test('the holder shows that it lives', async (t) => {
  const folder = await temporaryFolder(t);
  await acquire(t, folder, { beatMs: 20 });
  const path = join(folder, 'lock.1');
  await promises.utimes(path, 0, 0);
  await until(async () => (await promises.stat(path)).mtimeMs > 1e12, 5000, 'the beat');
});

test('a spool whose lock was taken over says so and touches nothing more', async (t) => {
  const folder = await temporaryFolder(t);
  const spool = await openSpool(t, { folder, lock: { beatMs: 20 } });
  await spool.append(bytesOf('mine'));
  const told: string[] = [];
  spool.on('fault', ({ code }) => told.push(code));
  // What another process does that holds this one for dead.
  await writeFile(join(folder, 'lock.2'), '{}');
  await until(() => told.length > 0, 5000, 'noticing');
  assert.deepEqual(told, ['DELIVERY_SPOOL_LOCKED']);
  await assert.rejects(spool.append(bytesOf('late')), { code: 'DELIVERY_SPOOL_LOCKED', retryable: true });
  await assert.rejects(spool.read(1), { code: 'DELIVERY_SPOOL_LOCKED' });
  const before = await readFile(join(folder, 'position'));
  await spool.close();
  assert.deepEqual(await readFile(join(folder, 'position')), before);
  assert.equal(await readFile(join(folder, 'lock.2'), 'utf8'), '{}');
});

test('a lock whose file was deleted is lost', async (t) => {
  const folder = await temporaryFolder(t);
  let lost = 0;
  const lock = await acquire(t, folder, { beatMs: 20, onLost: () => lost++ });
  await promises.unlink(join(folder, 'lock.1'));
  await until(() => lost > 0, 5000, 'noticing');
  assert.equal(lock.held, false);
});

test('release is idempotent and lets others in at once', async (t) => {
  const folder = await temporaryFolder(t);
  for (let round = 0; round < 5; round++) {
    const lock = await SpoolLock.acquire(promises, folder);
    await lock.release();
    await lock.release();
    assert.equal(lock.held, false);
  }
  assert.deepEqual(await readdir(folder), ['lock.5']);
  await acquire(t, folder);
});

test('a folder that cannot be locked is told as a disk error', async (t) => {
  const folder = join(await temporaryFolder(t), 'missing');
  await assert.rejects(SpoolLock.acquire(promises, folder), {
    code: 'DELIVERY_SPOOL_DISK',
    retryable: true,
    message: /missing/,
  });
});

test('who watches a holder that cannot be asked stops at once when told to', async (t) => {
  const folder = await temporaryFolder(t);
  await leaveLock(folder, { host: 'elsewhere', boot: 'another' });
  const stop = new AbortController();
  const watching = Spool.open({ folder, lock: { signal: stop.signal, watchMs: 3_600_000 } });
  stop.abort(new Error('enough'));
  await assert.rejects(watching, /enough/);
  assert.deepEqual(await readdir(folder), ['lock.1'], 'and takes nothing');
});
