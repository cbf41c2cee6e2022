import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { Spool } from '../../../lib/delivery/spool';
import { TwinError } from '../../../lib/reading/twin-error';
import { seededRandom } from '../../support/seeded-random';
import { closeAfter, drain, openSpool, range, sequencesOf } from './spool-harness';

const run = promisify(execFile);

/** A real file system of 1 MiB, unmounted after the test. */
async function smallDisk(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'small-disk-'));
  closeAfter(t, () => rm(folder, { recursive: true, force: true }));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
  } catch (error) {
    throw new Error('a full disk needs a disk to fill: run this test as root on Linux, where it may mount a tmpfs', {
      cause: error,
    });
  }
  closeAfter(t, () => run('umount', ['--lazy', folder]));
  return folder;
}

const options = (disk: string) => ({ folder: join(disk, 'spool'), maxBytes: 64 * 2 ** 20, segmentBytes: 64 * 1024 });
const payload = (n: number, length = 1000) => Buffer.alloc(length, n % 256);

test('on a full disk appends are refused with the reason; what was stored stays, and space lets it go on', async (t) => {
  const disk = await smallDisk(t);
  const spool = await openSpool(t, options(disk));
  const stored: number[] = [];
  let refused = 0;
  for (let n = 1; n <= 1500; n++) {
    try {
      stored.push(await spool.append(payload(n)));
    } catch (error) {
      assert.ok(error instanceof TwinError && error.code === 'DELIVERY_SPOOL_DISK' && error.retryable);
      assert.equal(error.facts.errno, 'ENOSPC');
      assert.match(error.message, /free space/);
      refused++;
    }
  }
  assert.ok(stored.length > 800 && refused > 300, `${stored.length} stored, ${refused} refused`);
  assert.deepEqual(stored, range(1, stored.length));
  assert.equal(spool.length, stored.length);

  // The server is back: what is acknowledged makes space.
  const some = await spool.read(300);
  await spool.acknowledge(some.at(-1)!.sequence);
  await spool.read(1);
  const next = await spool.append(payload(0));
  assert.equal(next, stored.length + 1);
  assert.deepEqual(sequencesOf(await drain(spool)), range(301, next));
  assert.equal(spool.dropped.damaged, 0);
});

test('opens, reads and closes on a disk that others have filled', async (t) => {
  const disk = await smallDisk(t);
  const first = await Spool.open(options(disk));
  await Promise.all(range(1, 200).map((n) => first.append(payload(n))));
  await first.close();
  await writeFile(join(disk, 'filler'), Buffer.alloc(2 ** 20)).catch(() => undefined);
  const second = await Spool.open(options(disk));
  assert.equal(second.length, 200);
  await assert.rejects(second.append(payload(0, 60_000)), { code: 'DELIVERY_SPOOL_DISK' });
  assert.deepEqual(sequencesOf(await second.read(100)), range(1, 100));
  await second.acknowledge(100);
  await second.close();
  await unlink(join(disk, 'filler'));
  const third = await openSpool(t, options(disk));
  assert.equal(await third.append(payload(201)), 201);
  assert.deepEqual(sequencesOf(await drain(third)), range(101, 201));
  assert.deepEqual([second.dropped.damaged, third.dropped.damaged], [0, 0]);
});

test('a new spool on a full disk says why, and opens once there is space', async (t) => {
  const disk = await smallDisk(t);
  await writeFile(join(disk, 'filler'), Buffer.alloc(2 ** 20)).catch(() => undefined);
  await assert.rejects(Spool.open(options(disk)), { code: 'DELIVERY_SPOOL_DISK', retryable: true, message: /ENOSPC/ });
  await unlink(join(disk, 'filler'));
  const begin = performance.now();
  const spool = await openSpool(t, options(disk));
  assert.ok(performance.now() - begin < 5000, 'the lock was let go, though nothing could be written into it');
  assert.equal(await spool.append(payload(1)), 1);
});

test('filled and drained again and again: exactly what was reported as stored is read, nothing else (10 rounds)', async (t) => {
  const disk = await smallDisk(t);
  const random = seededRandom(51);
  let [appended, refused] = [0, 0];
  for (let round = 0; round < 10; round++) {
    const spool = await Spool.open({ ...options(disk), durability: round % 2 ? 'power' : 'process' });
    const expected = new Map<number, Buffer>();
    for (let burst = 0; burst < 30; burst++) {
      const payloads = range(1, 1 + Math.floor(random() * 80)).map((n) => payload(n, Math.floor(random() * 3000)));
      const outcomes = await Promise.allSettled(payloads.map((each) => spool.append(each)));
      outcomes.forEach((outcome, index) => {
        appended++;
        if (outcome.status === 'fulfilled') expected.set(outcome.value, payloads[index]!);
        else refused++;
      });
    }
    assert.equal(spool.length, expected.size);
    // Every other time by another process than the one that met the full disk.
    const reader = round % 3 ? spool : (await spool.close(), await Spool.open(options(disk)));
    const records = await drain(reader);
    assert.deepEqual(sequencesOf(records), [...expected.keys()], `round ${round}`);
    for (const record of records) assert.deepEqual(record.payload, expected.get(record.sequence));
    assert.equal(reader.dropped.damaged, 0);
    await reader.close();
  }
  assert.ok(refused > 1000 && appended - refused > 1000, `${refused} of ${appended} refused`);
});
