import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compress as lz4 } from 'lz4js';
import { compress as snappy } from 'snappyjs';
import {
  decompressLz4,
  decompressSnappy,
  decompressZstd,
  MAX_DECOMPRESSED_BYTES,
} from '../../../lib/kafka/codecs/decompress';
import { mutate } from '../../fuzz/material';
import { seededRandom } from '../../support/seeded-random';

const TEXT = Buffer.from('{"Ambient Temperature": 22.5}'.repeat(500));

/** The framing of Java clients around blocks of Snappy. */
function framed(...blocks: Buffer[]): Buffer {
  const header = Buffer.from([0x82, ...Buffer.from('SNAPPY'), 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  const parts = blocks.map((block) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(block.length);
    return Buffer.concat([length, block]);
  });
  return Buffer.concat([header, ...parts]);
}

/** RFC 8878: magic number, a frame header without content size, one raw block that is the last. */
function zstdFrame(content: Buffer): Buffer {
  const block = Buffer.alloc(3);
  block.writeUIntLE((content.length << 3) | 1, 0, 3);
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]), block, content]);
}

test('what was compressed comes back', () => {
  assert.ok(decompressSnappy(snappy(TEXT)).equals(TEXT));
  assert.ok(decompressSnappy(framed(snappy(TEXT), snappy(TEXT))).equals(Buffer.concat([TEXT, TEXT])));
  assert.ok(decompressLz4(Buffer.from(lz4(TEXT))).equals(TEXT));
  assert.ok(decompressZstd(zstdFrame(TEXT)).equals(TEXT));
});

/** Runs, noise and text, from a few bytes to more than one block of any format. */
function someContent(random: () => number): Buffer {
  const pieces = Array.from({ length: 1 + Math.floor(random() * 20) }, () => {
    const length = Math.floor(random() ** 4 * 60_000);
    if (random() < 0.4) return Buffer.alloc(length, Math.floor(random() * 256));
    if (random() < 0.5) return TEXT.subarray(0, length);
    return Buffer.from(Array.from({ length: length % 2_000 }, () => Math.floor(random() * 256)));
  });
  return Buffer.concat(pieces);
}

test('content of every kind comes back', () => {
  const random = seededRandom(3);
  for (let round = 0; round < 300; round++) {
    const content = someContent(random);
    assert.ok(decompressSnappy(snappy(content)).equals(content), `Snappy, round ${round}`);
    assert.ok(decompressLz4(Buffer.from(lz4(content))).equals(content), `LZ4, round ${round}`);
  }
  // Several blocks of the largest size.
  const large = Buffer.concat(Array.from({ length: 150 }, () => someContent(random)));
  assert.ok(decompressSnappy(snappy(large)).equals(large));
  assert.ok(decompressLz4(Buffer.from(lz4(large))).equals(large));
});

// A single one of these takes up to 26 s in a decoder that does not look at the ends: the file's time limit sees it.
test('damaged bytes are read no further than they go', () => {
  const random = seededRandom(4);
  const plain = Buffer.from('abcabcabc'.repeat(20));
  const whole = { snappy: snappy(plain), lz4: Buffer.from(lz4(plain)), zstd: zstdFrame(plain) };
  let refused = 0;
  for (let round = 0; round < 20_000; round++) {
    const name = (['snappy', 'lz4', 'zstd'] as const)[round % 3] ?? 'lz4';
    const decompress = { snappy: decompressSnappy, lz4: decompressLz4, zstd: decompressZstd }[name];
    const damaged = mutate(random, whole[name], Buffer.from([0x00, 0x7f, 0x80, 0xfe, 0xff]));
    try {
      const { length } = decompress(damaged);
      assert.ok(length <= MAX_DECOMPRESSED_BYTES);
    } catch (thrown) {
      assert.ok(thrown instanceof Error);
      refused++;
    }
  }
  assert.ok(refused > 5_000, `${refused} refused`);
});

test('damaged bytes are an error, never a hang', () => {
  const whole = { snappy: snappy(TEXT), framed: framed(snappy(TEXT)), lz4: Buffer.from(lz4(TEXT)) };
  assert.throws(() => decompressSnappy(whole.snappy.subarray(0, 40)));
  assert.throws(() => decompressSnappy(whole.framed.subarray(0, 40)));
  assert.throws(() => decompressLz4(whole.lz4.subarray(1)));
  assert.throws(() => decompressZstd(zstdFrame(TEXT).subarray(0, 100)));
  for (const decompress of [decompressSnappy, decompressLz4, decompressZstd]) {
    assert.throws(() => decompress(Buffer.from('no compressed bytes at all, just text')));
  }
});

test('a few bytes that say they hold much are refused before memory is taken', () => {
  // 64 MiB in a Snappy block of four bytes; a window of 512 MiB, and a content of 2^40 bytes, in a Zstandard frame.
  assert.throws(() => decompressSnappy(Buffer.from([0x80, 0x80, 0x80, 0x20])), /says it holds/);
  const zstd = [0x28, 0xb5, 0x2f, 0xfd];
  const before = process.memoryUsage().rss;
  assert.throws(() => decompressZstd(Buffer.from([...zstd, 0x00, 0x98, 1, 0, 0, 0])));
  assert.throws(() => decompressZstd(Buffer.from([...zstd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0])));
  assert.ok(process.memoryUsage().rss - before < 200e6);
});

test('a few bytes that would fill the memory are an error', () => {
  const bomb = Buffer.alloc(MAX_DECOMPRESSED_BYTES + 1);
  assert.throws(() => decompressSnappy(snappy(bomb)));
  assert.throws(() => decompressSnappy(framed(...Array.from({ length: 2 }, () => snappy(bomb.subarray(2 ** 25 - 1))))));
  assert.throws(() => decompressLz4(Buffer.from(lz4(bomb))));
});
