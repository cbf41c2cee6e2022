import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Spool } from '../../../lib/delivery/spool';
import type { DroppedRecords } from '../../../lib/delivery/spool-events';
import { seededRandom } from '../../support/seeded-random';
import { bytesOf, drain, openSpool, range, sequencesOf, temporaryFolder } from './spool-harness';

const MAX_BYTES = 64 * 1024;

async function bytesOnDisk(folder: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.spool'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

const payload = (n: number) => Buffer.alloc(200, n % 256);

test('when it is full the oldest go, counted, and the disk never holds more than allowed', async (t) => {
  const folder = await temporaryFolder(t);
  const spool = await openSpool(t, { folder, maxBytes: MAX_BYTES });
  const told: DroppedRecords[] = [];
  spool.on('dropped', (dropped) => told.push(dropped));
  for (let n = 1; n <= 2000; n += 20) {
    await Promise.all(range(n, n + 19).map((m) => spool.append(payload(m))));
    const onDisk = await bytesOnDisk(folder);
    assert.ok(onDisk <= MAX_BYTES, `${onDisk} bytes on disk`);
    assert.equal(spool.bytes, onDisk);
  }
  const full = spool.dropped.full;
  assert.ok(spool.length > 200 && full > 1500, 'most of the space is used');
  assert.equal(full + spool.length, 2000);
  assert.ok(told.every(({ reason }) => reason === 'full'));
  assert.equal(
    told.reduce((sum, { count }) => sum + count, 0),
    full,
  );
  const records = await drain(spool);
  assert.deepEqual(sequencesOf(records), range(full + 1, 2000));
  for (const record of records) assert.deepEqual(record.payload, payload(record.sequence));
});

test('a burst larger than the whole spool leaves the newest of it', async (t) => {
  const spool = await openSpool(t, { folder: await temporaryFolder(t), maxBytes: MAX_BYTES });
  await Promise.all(range(1, 3000).map((n) => spool.append(payload(n))));
  const { full } = spool.dropped;
  assert.deepEqual(sequencesOf(await drain(spool)), range(full + 1, 3000));
});

test('acknowledged records are not counted when their segment goes', async (t) => {
  const spool = await openSpool(t, { folder: await temporaryFolder(t), maxBytes: MAX_BYTES });
  await Promise.all(range(1, 30).map((n) => spool.append(payload(n))));
  await spool.read(10);
  await spool.acknowledge(10);
  for (const n of range(31, 500)) await spool.append(payload(n));
  assert.ok(spool.dropped.full > 0);
  assert.equal(spool.dropped.full + spool.length, 490);
});

test('records under way are neither dropped nor counted when their segment goes', async (t) => {
  const spool = await openSpool(t, { folder: await temporaryFolder(t), maxBytes: MAX_BYTES });
  await Promise.all(range(1, 30).map((n) => spool.append(payload(n))));
  assert.equal((await spool.read(10)).length, 10);
  for (const n of range(31, 500)) await spool.append(payload(n));
  assert.equal(spool.dropped.full + spool.length, 500);
  const full = spool.dropped.full;
  await spool.acknowledge(10);
  assert.equal(spool.dropped.full, full);
  assert.deepEqual(sequencesOf(await drain(spool)), range(full + 11, 500));
});

test('records under way whose sending failed come again, though their segment went', async (t) => {
  const spool = await openSpool(t, { folder: await temporaryFolder(t), maxBytes: MAX_BYTES });
  await Promise.all(range(1, 30).map((n) => spool.append(payload(n))));
  await spool.read(10);
  for (const n of range(31, 500)) await spool.append(payload(n));
  const { full } = spool.dropped;
  assert.deepEqual(sequencesOf(await drain(spool)), [...range(1, 10), ...range(full + 11, 500)]);
});

test('what was dropped stays dropped, and is not counted again, after a restart', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await Spool.open({ folder, maxBytes: MAX_BYTES });
  for (const n of range(1, 500)) await first.append(payload(n));
  const { full } = first.dropped;
  await first.close();
  const second = await openSpool(t, { folder, maxBytes: MAX_BYTES });
  assert.deepEqual(sequencesOf(await drain(second)), range(full + 1, 500));
  assert.deepEqual(second.dropped, { full: 0, age: 0, damaged: 0 });
});

test('a smaller bound than before takes effect with the next append', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await Spool.open({ folder, maxBytes: 8 * MAX_BYTES, segmentBytes: 8 * 1024 });
  await Promise.all(range(1, 1500).map((n) => first.append(payload(n))));
  await first.close();
  const second = await openSpool(t, { folder, maxBytes: MAX_BYTES });
  await second.append(payload(1501));
  assert.ok((await bytesOnDisk(folder)) <= MAX_BYTES);
  assert.equal(second.dropped.full + second.length, 1501);
});

test('each record is accounted for once, whatever happens: appended = acknowledged + dropped + waiting', async (t) => {
  const random = seededRandom(41);
  for (let round = 0; round < 5; round++) {
    const folder = await temporaryFolder(t);
    let nowMs = 0;
    const spool = await openSpool(t, {
      folder,
      maxBytes: MAX_BYTES,
      segmentBytes: 4096,
      maxAgeMs: 500,
      now: () => nowMs,
      syncEveryMs: 0,
    });
    let [appended, acknowledged, before] = [0, 0, 0];
    for (let step = 0; step < 400; step++) {
      nowMs += Math.floor(random() * 100);
      if (random() < 0.6) {
        const count = Math.floor(random() * 60);
        await Promise.all(range(1, count).map(() => spool.append(Buffer.alloc(Math.floor(random() * 300)))));
        appended += count;
      } else {
        const records = await spool.read(Math.floor(random() * 80));
        const sequences = sequencesOf(records);
        assert.ok(sequences.every((sequence, index) => sequence > (sequences[index - 1] ?? before)));
        const taken = Math.floor(random() * (records.length + 1));
        if (random() < 0.5) {
          // Appends while they are under way, which may drop their segment.
          await Promise.all(range(1, 100).map(() => spool.append(Buffer.alloc(300))));
          appended += 100;
        }
        const last = sequences[taken - 1];
        if (last !== undefined) {
          await spool.acknowledge(last);
          acknowledged += taken;
          before = last;
        }
      }
      const { full, age, damaged } = spool.dropped;
      assert.equal(acknowledged + full + age + spool.length, appended, `round ${round}, step ${step}`);
      assert.equal(damaged, 0);
    }
    assert.ok(spool.dropped.full > 0 && spool.dropped.age > 0 && acknowledged > 0);
  }
});

test('records older than allowed are dropped, one by one, counted, when the next is appended', async (t) => {
  let nowMs = 0;
  const spool = await openSpool(t, { folder: await temporaryFolder(t), maxAgeMs: 1000, now: () => nowMs });
  for (nowMs = 0; nowMs <= 1000; nowMs += 100) await spool.append(bytesOf(`${nowMs}`));
  nowMs = 1000;
  assert.equal(spool.dropped.age, 0, 'as old as allowed is not too old');
  nowMs = 1350;
  await spool.append(bytesOf('1350'));
  assert.equal(spool.dropped.age, 4);
  assert.equal(spool.oldestMs, 400);
  assert.deepEqual(
    (await spool.read(100)).map(({ timeMs }) => timeMs),
    [400, 500, 600, 700, 800, 900, 1000, 1350],
  );
});

test('records older than allowed are never read', async (t) => {
  let nowMs = 0;
  const spool = await openSpool(t, { folder: await temporaryFolder(t), maxAgeMs: 1000, now: () => nowMs });
  await Promise.all(range(1, 50).map((n) => spool.append(payload(n))));
  assert.equal((await spool.read(3)).length, 3, 'young enough');
  nowMs = 1001;
  assert.deepEqual(await spool.read(10), [], 'reading again says that those are not under way');
  assert.equal(spool.dropped.age, 50);
  assert.equal(spool.length, 0);
});

test('records under way do not grow too old; those behind them do', async (t) => {
  let nowMs = 0;
  const spool = await openSpool(t, { folder: await temporaryFolder(t), maxAgeMs: 1000, now: () => nowMs });
  await Promise.all(range(1, 50).map((n) => spool.append(payload(n))));
  await spool.read(10);
  nowMs = 1500;
  await spool.append(payload(51));
  assert.equal(spool.dropped.age, 40);
  assert.equal(spool.length, 11);
  await spool.acknowledge(10);
  assert.equal(spool.dropped.age, 40);
  assert.deepEqual(sequencesOf(await spool.read(10)), [51]);
});

test('the age is bounded after a restart too, before anything was read', async (t) => {
  let nowMs = 0;
  const folder = await temporaryFolder(t);
  const first = await Spool.open({ folder, maxAgeMs: 1000, now: () => nowMs });
  await Promise.all(range(1, 50).map((n) => first.append(payload(n))));
  await first.close();
  nowMs = 2000;
  const second = await openSpool(t, { folder, maxAgeMs: 1000, now: () => nowMs });
  await second.append(payload(51));
  assert.equal(second.dropped.age, 50);
  assert.deepEqual(sequencesOf(await second.read(10)), [51]);
});

test('a clock that goes back makes nothing older', async (t) => {
  let nowMs = 1e12;
  const spool = await openSpool(t, { folder: await temporaryFolder(t), maxAgeMs: 1000, now: () => nowMs });
  await spool.append(payload(1));
  nowMs = 0;
  await spool.append(payload(2));
  assert.deepEqual(sequencesOf(await spool.read(10)), [1, 2]);
});
