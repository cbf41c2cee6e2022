import assert from 'node:assert/strict';
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { Spool } from '../../../lib/delivery/spool';
import { TwinError } from '../../../lib/reading/twin-error';
import { until } from '../../support/until';
import { faultyDisk, systemError, type Fault } from './spool-faulty-disk';
import { bytesOf, drain, openSpool, range, sequencesOf, temporaryFolder, textsOf } from './spool-harness';

const isSegment = (file: string) => file.endsWith('.spool');

/** A disk whose fault can be changed while it runs. */
function disk() {
  const state: { fault: Fault } = { fault: () => undefined };
  return { state, fileSystem: faultyDisk((...call) => state.fault(...call)) };
}

const appendAll = (spool: Spool, texts: readonly string[]) =>
  Promise.allSettled(texts.map((text) => spool.append(bytesOf(text))));

const statuses = (outcomes: readonly PromiseSettledResult<unknown>[]) =>
  outcomes.map(({ status }) => (status === 'fulfilled' ? 'stored' : 'refused'));

test('a write that fails rejects its records with the reason, and the next ones are stored', async (t) => {
  const folder = await temporaryFolder(t);
  const { state, fileSystem } = disk();
  const spool = await openSpool(t, { folder, fileSystem });
  await spool.append(bytesOf('before'));
  state.fault = (call, file) => (call === 'write' && isSegment(file) ? systemError('EIO') : undefined);
  const outcomes = await appendAll(spool, ['x', 'y']);
  assert.deepEqual(statuses(outcomes), ['refused', 'refused']);
  assert.ok(outcomes[0]?.status === 'rejected' && outcomes[0].reason instanceof TwinError);
  assert.deepEqual([outcomes[0].reason.code, outcomes[0].reason.retryable], ['DELIVERY_SPOOL_DISK', true]);
  assert.match(outcomes[0].reason.message, /EIO.*check the disk/);
  state.fault = () => undefined;
  assert.equal(await spool.append(bytesOf('after')), 2);
  assert.deepEqual(textsOf(await drain(spool)), ['before', 'after']);
  assert.equal(spool.dropped.damaged, 0);
});

for (const cutFails of [false, true]) {
  const how = cutFails ? 'cannot be cut off again' : 'is cut off again';
  test(`a write that stops in the middle stores its whole records; the rest ${how} and never turns up`, async (t) => {
    const folder = await temporaryFolder(t);
    const { state, fileSystem } = disk();
    let taken = 0;
    const partial = {
      ...fileSystem,
      open: async (path: string, flags: string) => {
        const file = await fileSystem.open(path, flags);
        return {
          ...file,
          write: async (buffer: Buffer, offset: number, length: number, position: number) => {
            // Takes 100 bytes more, then no more at all.
            if (!armed || !isSegment(path)) return file.write(buffer, offset, length, position);
            if (taken >= 100) throw systemError('ENOSPC');
            const { bytesWritten } = await file.write(buffer, offset, Math.min(length, 100 - taken), position);
            taken += bytesWritten;
            return { bytesWritten };
          },
        };
      },
    };
    let armed = false;
    const spool = await Spool.open({ folder, fileSystem: partial });
    await spool.append(bytesOf('before'));
    armed = true;
    if (cutFails) state.fault = (call) => (call === 'truncate' ? systemError('EIO') : undefined);
    // 38 bytes each: two are whole within 100 bytes.
    const texts = range(1, 5).map((n) => `record --${n}`);
    assert.deepEqual(statuses(await appendAll(spool, texts)), ['stored', 'stored', 'refused', 'refused', 'refused']);
    armed = false;
    await spool.append(bytesOf('after'));
    const expected = ['before', 'record --1', 'record --2', 'after'];
    assert.deepEqual(textsOf(await spool.read(10)), expected);
    await spool.close();
    const again = await openSpool(t, { folder });
    assert.deepEqual(textsOf(await drain(again)), expected);
    assert.deepEqual([spool.dropped.damaged, again.dropped.damaged], [0, 0]);
  });
}

test('a failed sync at power durability rejects all that waited for it, and none of it turns up', async (t) => {
  const folder = await temporaryFolder(t);
  const { state, fileSystem } = disk();
  const spool = await Spool.open({ folder, fileSystem, durability: 'power' });
  await spool.append(bytesOf('before'));
  for (const cutFails of [false, true]) {
    state.fault = (call, file) =>
      isSegment(file) && (call === 'datasync' || (call === 'truncate' && cutFails)) ? systemError('EIO') : undefined;
    assert.deepEqual(statuses(await appendAll(spool, ['x', 'y'])), ['refused', 'refused']);
    state.fault = () => undefined;
    await spool.append(bytesOf(`after ${cutFails}`));
  }
  const expected = ['before', 'after false', 'after true'];
  assert.deepEqual(textsOf(await spool.read(10)), expected);
  await spool.close();
  const again = await openSpool(t, { folder });
  assert.deepEqual(textsOf(await drain(again)), expected);
  assert.equal(again.dropped.damaged, 0);
});

test('a new segment that cannot be made rejects its records and leaves no file behind', async (t) => {
  const folder = await temporaryFolder(t);
  const { state, fileSystem } = disk();
  const spool = await openSpool(t, { folder, fileSystem });
  for (const failing of ['open', 'write']) {
    state.fault = (call, file) => (call === failing && isSegment(file) ? systemError('ENOSPC') : undefined);
    await assert.rejects(spool.append(bytesOf('x')), { code: 'DELIVERY_SPOOL_DISK', message: /free space/ });
    state.fault = () => undefined;
    assert.deepEqual((await readdir(folder)).filter(isSegment), []);
  }
  assert.equal(await spool.append(bytesOf('y')), 1);
  assert.deepEqual(textsOf(await drain(spool)), ['y']);
});

test('a failed sync in the background is told; what follows goes to a new file', async (t) => {
  const folder = await temporaryFolder(t);
  const { state, fileSystem } = disk();
  const spool = await openSpool(t, { folder, fileSystem, syncEveryMs: 10 });
  const faults: TwinError[] = [];
  spool.on('fault', (fault) => faults.push(fault));
  state.fault = (call, file) => (call === 'datasync' && isSegment(file) ? systemError('EIO') : undefined);
  await spool.append(bytesOf('a'));
  await until(() => faults.length > 0, 5000, 'the fault');
  assert.equal(faults[0]?.code, 'DELIVERY_SPOOL_DISK');
  state.fault = () => undefined;
  await spool.append(bytesOf('b'));
  assert.equal((await readdir(folder)).filter(isSegment).length, 2);
  assert.deepEqual(textsOf(await drain(spool)), ['a', 'b']);
});

test('syncs that fail for the folder or the position are told, and made up for', async (t) => {
  const folder = await temporaryFolder(t);
  const { state, fileSystem } = disk();
  const spool = await openSpool(t, { folder, fileSystem, syncEveryMs: 10 });
  const faults: string[] = [];
  spool.on('fault', ({ message }) => faults.push(message));
  let folderSyncs = 0;
  state.fault = (call, file) => (call === 'open' && file === basename(folder) ? systemError('EIO') : undefined);
  await spool.append(bytesOf('a'));
  await until(() => faults.length > 0, 5000, 'the fault of the folder');
  faults.length = 0;
  state.fault = (call, file) => {
    if (call === 'open' && file === basename(folder)) folderSyncs++;
    return call === 'datasync' && file === 'position' ? systemError('EIO') : undefined;
  };
  await spool.append(bytesOf('b'));
  await until(() => faults.some((text) => text.includes('position')), 5000, 'the fault of the position');
  assert.ok(folderSyncs > 0);
  state.fault = () => undefined;
  assert.deepEqual(textsOf(await drain(spool)), ['a', 'b']);
});

test('a folder in which no lock can be made is told as a disk error', async (t) => {
  const folder = await temporaryFolder(t);
  const { state, fileSystem } = disk();
  state.fault = (call, file) => (call === 'open' && file === 'lock.1' ? systemError('EROFS') : undefined);
  await assert.rejects(Spool.open({ folder, fileSystem }), { code: 'DELIVERY_SPOOL_DISK', message: /right to write/ });
});

test('a page that cannot be read costs exactly the records on it', async (t) => {
  const folder = await temporaryFolder(t);
  const { state, fileSystem } = disk();
  const spool = await openSpool(t, { folder, fileSystem });
  // 22 bytes of header, then 100 bytes each.
  await Promise.all(range(1, 500).map((n) => spool.append(Buffer.alloc(72, n))));
  state.fault = (call, file, position, length) =>
    call === 'read' && isSegment(file) && position < 3 * 4096 && position + length > 2 * 4096
      ? systemError('EIO')
      : undefined;
  const onPage = range(1, 500).filter((n) => 22 + n * 100 > 2 * 4096 && 22 + (n - 1) * 100 < 3 * 4096);
  assert.ok(onPage.length > 40);
  assert.deepEqual(
    sequencesOf(await drain(spool)),
    range(1, 500).filter((n) => !onPage.includes(n)),
  );
  assert.equal(spool.dropped.damaged, onPage.length);
});

test('a file that cannot be opened for a while is no loss: reading fails, then goes on', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await Spool.open({ folder, segmentBytes: 1024 });
  await Promise.all(range(1, 100).map((n) => first.append(bytesOf(`message ${n}`))));
  await first.close();
  const { state, fileSystem } = disk();
  const spool = await openSpool(t, { folder, fileSystem });
  state.fault = (call) => (call === 'open' ? systemError('EMFILE') : undefined);
  await assert.rejects(spool.read(10), { code: 'DELIVERY_SPOOL_DISK', retryable: true });
  state.fault = () => undefined;
  assert.deepEqual(sequencesOf(await drain(spool)), range(1, 100));
  assert.equal(spool.dropped.damaged, 0);
});

test('a position that cannot be written stops nothing; acknowledging says that it may come again', async (t) => {
  const folder = await temporaryFolder(t);
  const { state, fileSystem } = disk();
  const spool = await openSpool(t, { folder, fileSystem });
  const faults: string[] = [];
  spool.on('fault', ({ code }) => faults.push(code));
  state.fault = (call, file) => (call === 'write' && file === 'position' ? systemError('EIO') : undefined);
  assert.deepEqual(statuses(await appendAll(spool, ['a', 'b'])), ['stored', 'stored']);
  await spool.read(1);
  await assert.rejects(spool.acknowledge(1), { code: 'DELIVERY_SPOOL_DISK', retryable: true });
  assert.ok(faults.length > 0);
  assert.deepEqual(textsOf(await spool.read(10)), ['b'], 'within this process it is acknowledged');
  state.fault = () => undefined;
  await spool.acknowledge(2);
});

test('a file that cannot be deleted is told, and deleted at the next start', async (t) => {
  const folder = await temporaryFolder(t);
  const { state, fileSystem } = disk();
  const spool = await Spool.open({ folder, fileSystem, segmentBytes: 1024 });
  await Promise.all(range(1, 100).map((n) => spool.append(bytesOf(`message ${n}`))));
  const faults: string[] = [];
  spool.on('fault', ({ code }) => faults.push(code));
  state.fault = (call) => (call === 'unlink' ? systemError('EPERM') : undefined);
  await drain(spool);
  await spool.close();
  assert.ok(faults.length > 0 && faults.every((code) => code === 'DELIVERY_SPOOL_DISK'));
  assert.ok((await readdir(folder)).filter(isSegment).length > 0);
  const again = await openSpool(t, { folder });
  assert.equal(again.length, 0);
  assert.deepEqual((await readdir(folder)).filter(isSegment).slice(1), [], 'at most the last file stays');
  assert.equal(again.dropped.damaged, 0);
});

test('a tail that cannot be cut off at the start costs nothing', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await Spool.open({ folder });
  await Promise.all(range(1, 10).map((n) => first.append(bytesOf(`message ${n}`))));
  await first.close();
  const path = join(folder, '000000000000001.spool');
  await truncate(path, (await stat(path)).size - 3);
  const fileSystem = faultyDisk((call) => (call === 'truncate' ? systemError('EIO') : undefined));
  const spool = await openSpool(t, { folder, fileSystem });
  await spool.append(bytesOf('after'));
  assert.deepEqual(textsOf(await drain(spool)), [...range(1, 9).map((n) => `message ${n}`), 'after']);
  assert.equal(spool.dropped.damaged, 1);
});

test('closing takes at most 5 s when the disk hangs; what was not stored is rejected', async (t) => {
  const folder = await temporaryFolder(t);
  const { state, fileSystem } = disk();
  let release = () => {};
  const hanging = new Promise<void>((resolve) => (release = resolve));
  const spool = await Spool.open({ folder, fileSystem });
  await spool.append(bytesOf('a'));
  state.fault = (call) => (call === 'write' ? hanging : undefined);
  const append = spool.append(bytesOf('b'));
  const rejected = assert.rejects(append, { code: 'DELIVERY_CLOSED', retryable: true });
  const begin = performance.now();
  await spool.close();
  assert.ok(performance.now() - begin < 9_000);
  await rejected;
  state.fault = () => undefined;
  release();
  const lock = () => readFile(join(folder, 'lock.1'), 'utf8');
  await until(async () => (await lock()) === 'released', 5000, 'the end of what hung');
});

test('opening fails with the reason when the folder cannot be made', async (t) => {
  const file = join(await temporaryFolder(t), 'file');
  await writeFile(file, '');
  await assert.rejects(Spool.open({ folder: join(file, 'spool') }), {
    code: 'DELIVERY_SPOOL_DISK',
    message: /ENOTDIR/,
  });
});
