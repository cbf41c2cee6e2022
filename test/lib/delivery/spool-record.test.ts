import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  decodeRecords,
  encodeRecords,
  RECORD_HEADER_BYTES,
  type SpoolRecord,
} from '../../../lib/delivery/spool-record';
import { seededRandom } from '../../support/seeded-random';

const PLACE = { firstSequence: 40, offset: 1000 };
const random = seededRandom(7);
const randomBytes = (length: number) => Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)));

/** Decodes a file piece by piece, as a reader with so many bytes of memory would. */
function decodeInPieces(file: Buffer, piece: number, place = PLACE): SpoolRecord[] {
  const records: SpoolRecord[] = [];
  let at = 0;
  let wanted = piece;
  while (at < file.length) {
    const bytes = file.subarray(at, at + wanted);
    const decoded = decodeRecords(bytes, { ...place, offset: place.offset + at }, place.offset + file.length);
    records.push(...decoded.records);
    assert.ok(decoded.consumed > 0 || decoded.needed > bytes.length, 'it goes on, or says how much it needs');
    at += decoded.consumed;
    wanted = Math.max(piece, decoded.needed);
  }
  return records;
}

const sequences = (records: readonly SpoolRecord[]) => records.map(({ sequence }) => sequence);

test('what is encoded is decoded, in pieces of any size', () => {
  const payloads = [0, 1, 5, 200, 3, 900, 0, 77].map(randomBytes);
  const { bytes, ends } = encodeRecords(payloads, 2 ** 40, 1_700_000_000_123.9, PLACE);
  assert.equal(ends.at(-1), bytes.length);
  for (let piece = 1; piece <= bytes.length + 1; piece++) {
    const records = decodeInPieces(bytes, piece);
    assert.deepEqual(
      records.map(({ payload }) => Buffer.from(payload)),
      payloads,
    );
    assert.deepEqual(
      sequences(records),
      payloads.map((_, index) => 2 ** 40 + index),
    );
    assert.ok(records.every(({ timeMs }) => timeMs === 1_700_000_000_123));
  }
});

test('any damaged byte costs exactly the record that it belongs to, in pieces of any size', () => {
  const payloads = [30, 0, 64, 200, 1].map(randomBytes);
  const { bytes, ends } = encodeRecords(payloads, 1, 5, PLACE);
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 1 << Math.floor(random() * 8);
    const hit = ends.findIndex((end) => at < end) + 1;
    for (const piece of [29, 100, 1000]) {
      assert.deepEqual(
        sequences(decodeInPieces(damaged, piece)),
        [1, 2, 3, 4, 5].filter((sequence) => sequence !== hit),
        `byte ${at} flipped, pieces of ${piece}`,
      );
    }
  }
});

test('cut anywhere: all whole records are found', () => {
  const payloads = [30, 0, 64, 200, 1].map(randomBytes);
  const { bytes, ends } = encodeRecords(payloads, 1, 5, PLACE);
  for (let length = 0; length < bytes.length; length++) {
    const { records, consumed, soundEnd } = decodeRecords(bytes.subarray(0, length), PLACE, PLACE.offset + length);
    const whole = ends.filter((end) => end <= length);
    assert.deepEqual(
      sequences(records),
      whole.map((_, index) => index + 1),
    );
    assert.equal(soundEnd, whole.at(-1) ?? 0);
    assert.equal(consumed, length);
  }
});

test('a record inside of a payload is never taken for one, even when the header before it is damaged', () => {
  const inner = encodeRecords([Buffer.from('inner')], 2, 5, { firstSequence: 40, offset: 0 });
  const outer = encodeRecords([inner.bytes, Buffer.from('next')], 1, 5, PLACE);
  outer.bytes[5]! ^= 0xff;
  const { records } = decodeRecords(outer.bytes, PLACE, PLACE.offset + outer.bytes.length);
  assert.deepEqual(
    records.map(({ payload }) => payload.toString()),
    ['next'],
  );
});

test('a record at another offset, or of another segment, is not taken', () => {
  const { bytes } = encodeRecords([Buffer.from('stale')], 1, 5, PLACE);
  for (const place of [
    { ...PLACE, offset: 1001 },
    { ...PLACE, firstSequence: 41 },
  ]) {
    assert.deepEqual(decodeRecords(bytes, place, place.offset + bytes.length).records, []);
  }
});

test('noise, zeros and repeated magics between records cost nothing', () => {
  const first = encodeRecords([Buffer.from('first')], 1, 5, PLACE);
  for (const noise of [
    randomBytes(500),
    Buffer.alloc(5000),
    Buffer.from('f5c1fe9a'.repeat(30), 'hex'),
    Buffer.from('f5c1fe', 'hex'),
  ]) {
    const offset = PLACE.offset + first.bytes.length + noise.length;
    const second = encodeRecords([Buffer.from('second')], 2, 5, { ...PLACE, offset });
    for (const piece of [RECORD_HEADER_BYTES, 64, 10_000]) {
      assert.deepEqual(sequences(decodeInPieces(Buffer.concat([first.bytes, noise, second.bytes]), piece)), [1, 2]);
    }
  }
});

test('a million random bytes give no record and no exception', () => {
  const noise = randomBytes(1_000_000);
  assert.deepEqual(decodeInPieces(noise, 4096), []);
});
