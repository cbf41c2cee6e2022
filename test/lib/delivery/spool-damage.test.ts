import assert from 'node:assert/strict';
import { readdir, readFile, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Spool } from '../../../lib/delivery/spool';
import { crc32 } from '../../../lib/delivery/checksum';
import { decodeRecords } from '../../../lib/delivery/spool-record';
import { firstSequenceOf, SEGMENT_HEADER_BYTES } from '../../../lib/delivery/spool-segment-header';
import { seededRandom } from '../../support/seeded-random';
import { bytesOf, drain, openSpool, range, sequencesOf, temporaryFolder } from './spool-harness';

const ROUNDS = 200;
const SEGMENT_BYTES = 4096;

interface Located {
  readonly sequence: number;
  readonly path: string;
  /** Bytes [start, end) of the file. */
  readonly start: number;
  readonly end: number;
}

const numbersOf = (located: readonly Located[]): number[] => located.map(({ sequence }) => sequence);

/**
 * Fills a folder with records over several segments, some of them acknowledged; says where each of the others stands.
 */
async function filledFolder(t: TestContext, random: () => number) {
  const folder = await temporaryFolder(t);
  const count = 20 + Math.floor(random() * 100);
  const payloads = range(1, count).map((n) => Buffer.alloc(Math.floor(random() * 400), n));
  const spool = await Spool.open({ folder, segmentBytes: SEGMENT_BYTES, syncEveryMs: 0 });
  await Promise.all(payloads.map((payload) => spool.append(payload)));
  const acknowledged = Math.floor(random() * count * 0.5);
  await spool.read(Math.max(1, acknowledged));
  if (acknowledged > 0) await spool.acknowledge(acknowledged);
  await spool.close();
  const located: Located[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const firstSequence = firstSequenceOf(name);
    if (firstSequence === undefined) continue;
    const path = join(folder, name);
    const file = await readFile(path);
    let start = SEGMENT_HEADER_BYTES;
    const place = { firstSequence, offset: start };
    for (const { sequence, payload } of decodeRecords(file.subarray(start), place, file.length).records) {
      const end = payload.byteOffset - file.byteOffset + payload.length;
      located.push({ sequence, path, start, end });
      start = end;
    }
  }
  const files = [...new Set(located.map(({ path }) => path))];
  return { folder, payloads, acknowledged, located, files };
}

/** Opens, reads all, and holds it against what should be there; then the spool must still take and give new records. */
async function assertOnlyMissing(
  folder: string,
  payloads: readonly Buffer[],
  acknowledged: number,
  missing: readonly number[],
  what: string,
): Promise<void> {
  const expected = range(acknowledged + 1, payloads.length).filter((sequence) => !missing.includes(sequence));
  const lost = payloads.length - acknowledged - expected.length;
  const spool = await Spool.open({ folder, segmentBytes: SEGMENT_BYTES, syncEveryMs: 0 });
  try {
    const told: number[] = [];
    spool.on('dropped', ({ count, reason }) => {
      assert.equal(reason, 'damaged');
      told.push(count);
    });
    assert.equal(spool.length, payloads.length - acknowledged, what);
    const fresh = await spool.append(bytesOf('fresh'));
    assert.equal(fresh, payloads.length + 1, `${what}: numbers go on`);
    const records = await drain(spool);
    assert.deepEqual(sequencesOf(records), [...expected, fresh], what);
    for (const { sequence, payload } of records.slice(0, -1)) assert.deepEqual(payload, payloads[sequence - 1], what);
    assert.deepEqual(spool.dropped, { full: 0, age: 0, damaged: lost }, what);
    assert.equal(
      told.reduce((sum, count) => sum + count, 0),
      lost,
    );
    assert.equal(spool.length, 0);
  } finally {
    await spool.close();
  }
}

test(`a file cut at a random byte costs the records behind the cut, counted (${ROUNDS} rounds)`, async (t) => {
  const random = seededRandom(21);
  for (let round = 0; round < ROUNDS; round++) {
    const { folder, payloads, acknowledged, located, files } = await filledFolder(t, random);
    // Every other time the file that was written last, which a kill would hit.
    const path = round % 2 ? files.at(-1)! : files[Math.floor(random() * files.length)]!;
    const size = (await readFile(path)).length;
    const length = Math.floor(random() * size);
    await truncate(path, length);
    const missing = located.filter((record) => record.path === path && record.end > length);
    await assertOnlyMissing(folder, payloads, acknowledged, numbersOf(missing), `round ${round}, cut at ${length}`);
    await rm(folder, { recursive: true });
  }
});

test(`a random byte flipped costs exactly the record that it belongs to, counted (${ROUNDS} rounds)`, async (t) => {
  const random = seededRandom(22);
  for (let round = 0; round < ROUNDS; round++) {
    const { folder, payloads, acknowledged, located, files } = await filledFolder(t, random);
    const path = files[Math.floor(random() * files.length)]!;
    const file = await readFile(path);
    const at = Math.floor(random() * file.length);
    file[at]! ^= 1 << Math.floor(random() * 8);
    await writeFile(path, file);
    const missing = located.filter((record) => record.path === path && record.start <= at && at < record.end);
    assert.ok(missing.length === 1 || at < SEGMENT_HEADER_BYTES);
    await assertOnlyMissing(folder, payloads, acknowledged, numbersOf(missing), `round ${round}, byte ${at}`);
    await rm(folder, { recursive: true });
  }
});

test('a run of bytes overwritten costs exactly the records that it touches (50 rounds)', async (t) => {
  const random = seededRandom(23);
  for (let round = 0; round < 50; round++) {
    const { folder, payloads, acknowledged, located, files } = await filledFolder(t, random);
    const path = files[Math.floor(random() * files.length)]!;
    const file = await readFile(path);
    const from = Math.floor(random() * file.length);
    const to = Math.min(file.length, from + 1 + Math.floor(random() * 1500));
    for (let at = from; at < to; at++) file[at]! ^= 1 + Math.floor(random() * 255);
    await writeFile(path, file);
    const missing = located.filter((record) => record.path === path && record.start < to && from < record.end);
    await assertOnlyMissing(folder, payloads, acknowledged, numbersOf(missing), `round ${round}, ${from} to ${to}`);
    await rm(folder, { recursive: true });
  }
});

test('a missing file costs its records, counted: the first, one in the middle, the last, all', async (t) => {
  const random = seededRandom(24);
  for (const which of ['first', 'middle', 'last', 'all']) {
    const { folder, payloads, acknowledged, located, files } = await filledFolder(t, random);
    const gone = {
      first: files.slice(0, 1),
      middle: files.slice(1, 2),
      last: files.slice(-1),
      all: files,
    }[which]!;
    await Promise.all(gone.map((path) => unlink(path)));
    const missing = located.filter(({ path }) => gone.includes(path));
    await assertOnlyMissing(folder, payloads, acknowledged, numbersOf(missing), which);
  }
});

test('files cut or deleted while the spool runs cost their records, counted, and nothing that is appended later', async (t) => {
  const folder = await temporaryFolder(t);
  const spool = await openSpool(t, { folder, segmentBytes: SEGMENT_BYTES, syncEveryMs: 0 });
  const fill = (from: number, to: number) => Promise.all(range(from, to).map((n) => spool.append(Buffer.alloc(72, n))));
  await fill(1, 100);
  const names = (await readdir(folder)).filter((name) => firstSequenceOf(name) !== undefined).sort();
  // 22 bytes of header, then 100 bytes each: 40 records in a segment.
  assert.deepEqual(names.map(firstSequenceOf), [1, 41, 81]);
  await unlink(join(folder, names[0]!));
  await truncate(join(folder, names[1]!), 22 + 10 * 100 + 50);
  await truncate(join(folder, names[2]!), 22 + 5 * 100);
  await fill(101, 110);
  const sequences = sequencesOf(await drain(spool));
  // The file that was deleted may still be open, and then nothing of it is lost.
  const first = sequences.filter((sequence) => sequence <= 40);
  assert.ok(first.length === 0 || first.length === 40);
  assert.deepEqual(sequences.slice(first.length), [...range(41, 50), ...range(81, 85), ...range(101, 110)]);
  assert.equal(spool.dropped.damaged, 110 - sequences.length);
});

test('a log whose every byte is damaged is counted, and the spool goes on', async (t) => {
  const { folder, payloads, acknowledged, located, files } = await filledFolder(t, seededRandom(25));
  for (const path of files) await writeFile(path, Buffer.alloc((await readFile(path)).length, 0xf5));
  await assertOnlyMissing(folder, payloads, acknowledged, numbersOf(located), 'all damaged');
});

test('damage of the position costs no record: at worst acknowledged ones come again', async (t) => {
  const random = seededRandom(26);
  for (let round = 0; round < 50; round++) {
    const { folder, payloads, acknowledged } = await filledFolder(t, random);
    const path = join(folder, 'position');
    const file = await readFile(path);
    if (round === 0) await unlink(path);
    else if (round < 10) await truncate(path, Math.floor(random() * file.length));
    else {
      // One slot, or both.
      for (const slot of round % 2 ? [0, 512] : [512 * Math.floor(random() * 2)]) file[slot + 8]! ^= 0x10;
      await writeFile(path, file);
    }
    const spool = await Spool.open({ folder, segmentBytes: SEGMENT_BYTES, syncEveryMs: 0 });
    const sequences = sequencesOf(await drain(spool));
    assert.deepEqual(sequences, range(sequences[0] ?? payloads.length + 1, payloads.length), `round ${round}`);
    assert.ok((sequences[0] ?? 0) <= acknowledged + 1, `round ${round}`);
    assert.equal(spool.dropped.damaged, 0);
    assert.equal(await spool.append(bytesOf('fresh')), payloads.length + 1, `round ${round}`);
    await spool.close();
    await rm(folder, { recursive: true });
  }
});

test('a loss that was counted and passed over is not counted again after the next start', async (t) => {
  const { folder, payloads, acknowledged, located, files } = await filledFolder(t, seededRandom(27));
  const last = files.at(-1)!;
  const missing = located.filter(({ path }) => path === last).length;
  await truncate(last, SEGMENT_HEADER_BYTES);
  const first = await Spool.open({ folder, segmentBytes: SEGMENT_BYTES, syncEveryMs: 0 });
  await drain(first);
  assert.equal(first.dropped.damaged, missing);
  await first.close();
  const second = await openSpool(t, { folder, segmentBytes: SEGMENT_BYTES, syncEveryMs: 0 });
  await drain(second);
  assert.equal(second.dropped.damaged, 0);
  assert.ok(payloads.length - acknowledged > missing);
});

test('a file of a later format is refused, and nothing in the folder changes', async (t) => {
  const { folder, files } = await filledFolder(t, seededRandom(28));
  const file = await readFile(files.at(-1)!);
  // With its right checksum.
  file.writeUInt32BE(2, 8);
  file.writeUInt32BE(crc32(file, 0, 0, 18), 18);
  await writeFile(files.at(-1)!, file);
  await assert.rejects(Spool.open({ folder }), { code: 'DELIVERY_SPOOL_VERSION', retryable: false });
  assert.deepEqual(await readFile(files.at(-1)!), file);
});
