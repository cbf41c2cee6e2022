import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Spool } from '../../../lib/delivery/spool';
import { TwinError } from '../../../lib/reading/twin-error';
import { seededRandom } from '../../support/seeded-random';
import { bytesOf, drain, openSpool, range, sequencesOf, temporaryFolder, textsOf } from './spool-harness';

const segmentsIn = async (folder: string) => (await readdir(folder)).filter((name) => name.endsWith('.spool'));

test('gives back what was appended, in order, until it is acknowledged', async (t) => {
  const spool = await openSpool(t, { folder: await temporaryFolder(t) });
  assert.deepEqual(await Promise.all(['a', 'b', 'c'].map((text) => spool.append(bytesOf(text)))), [1, 2, 3]);
  assert.equal(spool.length, 3);
  assert.deepEqual(textsOf(await spool.read(10)), ['a', 'b', 'c']);
  assert.deepEqual(textsOf(await spool.read(2)), ['a', 'b'], 'reading is not acknowledging');
  await spool.acknowledge(2);
  assert.equal(spool.length, 1);
  assert.deepEqual(textsOf(await spool.read(10)), ['c']);
  await spool.acknowledge(3);
  assert.deepEqual(await spool.read(10), []);
  assert.equal(spool.length, 0);
  assert.deepEqual(spool.dropped, { full: 0, age: 0, damaged: 0 });
});

test('acknowledging again, or less than before, changes nothing; more than was read is refused', async (t) => {
  const spool = await openSpool(t, { folder: await temporaryFolder(t) });
  await Promise.all(['a', 'b', 'c'].map((text) => spool.append(bytesOf(text))));
  await spool.read(2);
  await spool.acknowledge(2);
  await spool.acknowledge(1);
  await spool.acknowledge(2);
  assert.equal(spool.length, 1);
  await assert.rejects(spool.acknowledge(3), { code: 'DELIVERY_SPOOL_ORDER' });
  await assert.rejects(spool.acknowledge(Number.NaN), { code: 'DELIVERY_SPOOL_ORDER' });
  assert.deepEqual(textsOf(await spool.read(9)), ['c']);
});

test('keeps its records, its position and its numbering over close and open', async (t) => {
  const folder = await temporaryFolder(t);
  const first = await Spool.open({ folder });
  await Promise.all(['a', 'b', 'c'].map((text) => first.append(bytesOf(text))));
  await first.read(1);
  await first.acknowledge(1);
  await first.close();
  const second = await Spool.open({ folder });
  assert.equal(second.length, 2);
  assert.equal(await second.append(bytesOf('d')), 4);
  assert.deepEqual(textsOf(await drain(second)), ['b', 'c', 'd']);
  await second.close();
  const third = await openSpool(t, { folder });
  assert.equal(third.length, 0);
  assert.equal(await third.append(bytesOf('e')), 5, 'a number is never given twice');
});

test('a batch is bounded by records and by bytes, but gives at least one record', async (t) => {
  const spool = await openSpool(t, { folder: await temporaryFolder(t) });
  await Promise.all([10, 10, 500, 10].map((length) => spool.append(Buffer.alloc(length, 1))));
  assert.deepEqual(sequencesOf(await spool.read(10, 25)), [1, 2]);
  assert.deepEqual(sequencesOf(await spool.read(1, 1000)), [1]);
  await spool.acknowledge(1);
  assert.deepEqual(sequencesOf(await spool.read(10, 1)), [2]);
  await spool.acknowledge(2);
  assert.deepEqual(sequencesOf(await spool.read(10, 25)), [3], 'larger than allowed, alone');
});

test('any bytes go through, none and 300 kB included', async (t) => {
  const spool = await openSpool(t, { folder: await temporaryFolder(t) });
  const random = seededRandom(3);
  const payloads = [0, 1, 255, 300_000, 17].map((length) =>
    Buffer.from(Array.from({ length }, () => Math.floor(random() * 256))),
  );
  await Promise.all(payloads.map((payload) => spool.append(payload)));
  assert.deepEqual(
    (await drain(spool)).map(({ payload }) => payload),
    payloads,
  );
});

test('many appends at once share writes, over several segments, in the order of the calls', async (t) => {
  const folder = await temporaryFolder(t);
  const spool = await openSpool(t, { folder, segmentBytes: 16 * 1024 });
  const sequences = await Promise.all(range(1, 5000).map((n) => spool.append(bytesOf(`message ${n}`))));
  assert.deepEqual(sequences, range(1, 5000));
  assert.ok((await segmentsIn(folder)).length > 10);
  const random = seededRandom(4);
  const records = await drain(spool, () => 1 + Math.floor(random() * 700));
  assert.deepEqual(
    textsOf(records),
    range(1, 5000).map((n) => `message ${n}`),
  );
  await spool.close();
  assert.deepEqual(await segmentsIn(folder), [], 'nothing stays on disk of what is done');
});

test('reading and acknowledging go on while appends come in', async (t) => {
  const spool = await openSpool(t, { folder: await temporaryFolder(t), segmentBytes: 4096 });
  const random = seededRandom(5);
  const read: number[] = [];
  const appending = (async () => {
    for (let n = 0; n < 3000;) {
      const burst = Math.floor(random() * 40);
      await Promise.all(range(1, burst).map(() => spool.append(Buffer.alloc(Math.floor(random() * 300)))));
      n += burst;
    }
  })();
  let done = false;
  void appending.then(() => (done = true));
  while (!done || spool.length > 0) {
    const records = await spool.read(1 + Math.floor(random() * 60));
    const upTo = records[Math.floor(random() * records.length)];
    // Nothing there costs no turn of the event loop, which the writes need.
    if (!upTo) {
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    read.push(...sequencesOf(records).filter((sequence) => sequence <= upTo.sequence));
    await spool.acknowledge(upTo.sequence);
  }
  await appending;
  assert.deepEqual(read, range(1, read.length));
  assert.ok(read.length >= 3000);
  assert.deepEqual(spool.dropped, { full: 0, age: 0, damaged: 0 });
});

test('says when the oldest waiting record was appended', async (t) => {
  let nowMs = 1000;
  const spool = await openSpool(t, { folder: await temporaryFolder(t), now: () => nowMs });
  assert.equal(spool.oldestMs, undefined);
  await spool.append(bytesOf('a'));
  nowMs = 2000;
  await spool.append(bytesOf('b'));
  assert.equal(spool.oldestMs, 1000);
  assert.deepEqual(
    (await spool.read(2)).map(({ timeMs }) => timeMs),
    [1000, 2000],
  );
  await spool.acknowledge(1);
  assert.equal(spool.oldestMs, 2000);
  await spool.acknowledge(2);
  assert.equal(spool.oldestMs, undefined);
  nowMs = 3000;
  await spool.append(bytesOf('c'));
  assert.equal(spool.oldestMs, 3000);
});

test('stored is told after each write', async (t) => {
  const spool = await openSpool(t, { folder: await temporaryFolder(t) });
  let told = 0;
  spool.on('stored', () => told++);
  await spool.append(bytesOf('a'));
  await Promise.all([spool.append(bytesOf('b')), spool.append(bytesOf('c'))]);
  assert.equal(told, 2);
});

test('a message that no segment can hold is refused alone', async (t) => {
  const spool = await openSpool(t, { folder: await temporaryFolder(t), segmentBytes: 2048 });
  const outcomes = await Promise.allSettled([2048, 10].map((length) => spool.append(Buffer.alloc(length))));
  assert.ok(outcomes[0]?.status === 'rejected' && outcomes[0].reason instanceof TwinError);
  assert.equal(outcomes[0].reason.code, 'DELIVERY_SPOOL_TOO_LARGE');
  assert.equal(outcomes[0].reason.retryable, false);
  assert.deepEqual(sequencesOf(await spool.read(5)), [1]);
});

test('payloads waiting for the disk are bounded', async (t) => {
  const spool = await openSpool(t, { folder: await temporaryFolder(t), maxWaitingBytes: 1000 });
  const outcomes = await Promise.allSettled(range(1, 5).map(() => spool.append(Buffer.alloc(400))));
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected'],
  );
  assert.ok(outcomes[2]?.status === 'rejected' && outcomes[2].reason instanceof TwinError);
  assert.equal(outcomes[2].reason.code, 'DELIVERY_QUEUE_FULL');
  await spool.append(Buffer.alloc(2000));
  assert.equal(spool.length, 3, 'alone, anything goes');
});

test('close stores what was appended, refuses what comes after, and can be called again', async (t) => {
  const folder = await temporaryFolder(t);
  const spool = await Spool.open({ folder });
  const appends = range(1, 100).map((n) => spool.append(bytesOf(`${n}`)));
  await Promise.all([spool.close(), spool.close()]);
  assert.deepEqual(await Promise.all(appends), range(1, 100));
  for (const late of [spool.append(bytesOf('late')), spool.read(1), spool.acknowledge(1)]) {
    await assert.rejects(late, { code: 'DELIVERY_CLOSED', retryable: true });
  }
  const again = await openSpool(t, { folder });
  assert.equal((await drain(again)).length, 100);
});

test('power durability stores and reads alike', async (t) => {
  const folder = await temporaryFolder(t);
  const spool = await Spool.open({ folder, durability: 'power', segmentBytes: 2048 });
  await Promise.all(range(1, 100).map((n) => spool.append(bytesOf(`message ${n}`))));
  await spool.append(bytesOf('message 101'));
  await spool.close();
  const again = await openSpool(t, { folder, durability: 'power' });
  assert.deepEqual(
    textsOf(await drain(again)),
    range(1, 101).map((n) => `message ${n}`),
  );
});

test('a folder is made when missing; other files in it are left alone', async (t) => {
  const folder = join(await temporaryFolder(t), 'deep', 'er');
  const spool = await openSpool(t, { folder });
  await spool.append(bytesOf('a'));
  assert.deepEqual((await readdir(folder)).sort(), ['000000000000001.spool', 'lock.1', 'position']);
});

for (const [name, options] of Object.entries({
  folder: { folder: '' },
  maxBytes: { folder: 'x', maxBytes: 1000 },
  maxAgeMs: { folder: 'x', maxAgeMs: Number.NaN },
  syncEveryMs: { folder: 'x', syncEveryMs: -1 },
  segmentBytes: { folder: 'x', segmentBytes: 200 * 2 ** 20 },
})) {
  test(`a wrong ${name} is refused with what was expected`, async () => {
    await assert.rejects(Spool.open(options), { code: 'DELIVERY_SPOOL_OPTIONS', message: new RegExp(name) });
  });
}
