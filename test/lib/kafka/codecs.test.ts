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

test('a few bytes that would fill the memory are an error', () => {
  const bomb = Buffer.alloc(MAX_DECOMPRESSED_BYTES + 1);
  assert.throws(() => decompressSnappy(snappy(bomb)));
  assert.throws(() => decompressSnappy(framed(...Array.from({ length: 2 }, () => snappy(bomb.subarray(2 ** 25 - 1))))));
  assert.throws(() => decompressLz4(Buffer.from(lz4(bomb))));
});
