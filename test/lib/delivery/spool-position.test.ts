import assert from 'node:assert/strict';
import { promises } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SpoolFileSystem } from '../../../lib/delivery/spool-files';
import { SpoolPositionFile, type SpoolPosition } from '../../../lib/delivery/spool-position';
import { temporaryFolder } from './spool-harness';

const FALLBACK = { acknowledged: 7, stored: 9 };
const open = (folder: string, fileSystem: SpoolFileSystem = promises) =>
  SpoolPositionFile.open(fileSystem, folder, () => FALLBACK);

const valueOf = ({ acknowledged, stored }: SpoolPosition) => ({ acknowledged, stored });

async function reopened(folder: string): Promise<SpoolPosition> {
  const file = await open(folder);
  const value = valueOf(file.position);
  await file.close();
  return value;
}

test('a new file says what the log says', async (t) => {
  assert.deepEqual(await reopened(await temporaryFolder(t)), FALLBACK);
});

test('the last persisted position is found again', async (t) => {
  const folder = await temporaryFolder(t);
  for (let n = 10; n < 30; n++) {
    const file = await open(folder);
    assert.equal(file.set({ acknowledged: n, stored: 2 ** 40 + n }), true);
    assert.equal(file.set({ acknowledged: n, stored: 2 ** 40 + n }), false, 'no news');
    await file.persist();
    await file.close();
    assert.deepEqual(await reopened(folder), { acknowledged: n, stored: 2 ** 40 + n });
  }
});

test('a write torn at any byte leaves the position before it or the one that was written', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'position');
  const file = await open(folder);
  file.set({ acknowledged: 100, stored: 200 });
  await file.persist();
  const before = await readFile(path);
  file.set({ acknowledged: 111, stored: 222 });
  await file.persist();
  const after = await readFile(path);
  await file.close();
  const changed = [...after.keys()].filter((at) => after[at] !== before[at]);
  assert.ok(changed.length > 0);
  for (let torn = 0; torn <= after.length; torn++) {
    await writeFile(path, Buffer.concat([after.subarray(0, torn), before.subarray(torn)]));
    const whole = torn > changed.at(-1)!;
    const untouched = torn <= changed[0]!;
    const found = await reopened(folder);
    const [old, fresh] = [
      { acknowledged: 100, stored: 200 },
      { acknowledged: 111, stored: 222 },
    ];
    if (whole) assert.deepEqual(found, fresh);
    else if (untouched) assert.deepEqual(found, old);
    else assert.ok([100, 111].includes(found.acknowledged) && found.stored === 2 * found.acknowledged, `${torn}`);
  }
});

test('many changes at once cost few writes, and all who wait get an answer', async (t) => {
  const folder = await temporaryFolder(t);
  let writes = 0;
  const file = await open(folder, {
    ...promises,
    open: async (path, flags) => {
      const handle = await promises.open(path, flags);
      const write = handle.write.bind(handle);
      handle.write = ((...parameters: Parameters<typeof write>) => {
        writes++;
        return write(...parameters);
      }) as typeof handle.write;
      return handle;
    },
  });
  writes = 0;
  const waits: Promise<void>[] = [];
  for (let n = 1; n <= 1000; n++) {
    file.set({ acknowledged: n, stored: n });
    waits.push(file.persist());
  }
  await Promise.all(waits);
  assert.ok(writes <= 2, `${writes} writes`);
  await file.close();
  assert.deepEqual(await reopened(folder), { acknowledged: 1000, stored: 1000 });
});

test('once secured, either slot alone tells the position', async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, 'position');
  const file = await open(folder);
  file.set({ acknowledged: 50, stored: 60 });
  await file.secure();
  await file.close();
  const bytes = await readFile(path);
  for (const slot of [0, 512]) {
    const damaged = Buffer.from(bytes);
    damaged[slot + 12]! ^= 1;
    await writeFile(path, damaged);
    assert.deepEqual(await reopened(folder), { acknowledged: 50, stored: 60 });
  }
});

test('a failed write is told to who waits, and the next one brings the latest position', async (t) => {
  const folder = await temporaryFolder(t);
  let broken = false;
  const file = await open(folder, {
    ...promises,
    open: async (path, flags) => {
      const handle = await promises.open(path, flags);
      const write = handle.write.bind(handle);
      handle.write = ((...parameters: Parameters<typeof write>) =>
        broken
          ? Promise.reject(Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' }))
          : write(...parameters)) as typeof handle.write;
      return handle;
    },
  });
  broken = true;
  file.set({ acknowledged: 20, stored: 30 });
  const waits = [file.persist(), file.persist()];
  for (const wait of waits) await assert.rejects(wait, { code: 'DELIVERY_SPOOL_DISK', retryable: true });
  broken = false;
  file.set({ acknowledged: 21, stored: 30 });
  await file.persist();
  await file.close();
  assert.deepEqual(await reopened(folder), { acknowledged: 21, stored: 30 });
});
