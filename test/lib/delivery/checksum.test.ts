import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { crc32, crc32c } from '../../../lib/delivery/checksum';
import { seededRandom } from '../../support/seeded-random';

const text = (value: string) => Buffer.from(value, 'latin1');

test('gives the published check value and other known values', () => {
  assert.equal(crc32(text('123456789')), 0xcbf43926, 'check value of CRC-32/ISO-HDLC');
  assert.equal(crc32(text('')), 0);
  assert.equal(crc32(text('a')), 0xe8b7be43);
  assert.equal(crc32(text('The quick brown fox jumps over the lazy dog')), 0x414fa339);
  assert.equal(crc32(Buffer.alloc(32)), 0x190a55ad);
  assert.equal(crc32(Buffer.alloc(32, 0xff)), 0xff6cab0b);
});

test('gives the published values of CRC-32C', () => {
  assert.equal(crc32c(text('123456789')), 0xe3069283, 'check value of CRC-32/ISCSI');
  // RFC 3720, B.4.
  assert.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa);
  assert.equal(crc32c(Buffer.alloc(32, 0xff)), 0x62a8ab43);
});

test('agrees with a bitwise computation at every length up to 70 and every start', () => {
  const bitwise = (bytes: Uint8Array): number => {
    let crc = 0xffffffff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    return ~crc >>> 0;
  };
  const random = seededRandom(1);
  const bytes = Buffer.from(Array.from({ length: 100 }, () => Math.floor(random() * 256)));
  for (let length = 0; length <= 70; length++) {
    for (let start = 0; start < 9; start++) {
      assert.equal(crc32(bytes, 0, start, start + length), bitwise(bytes.subarray(start, start + length)));
    }
  }
});

test('agrees with zlib where Node.js has it', { skip: !('crc32' in zlib) && 'this Node.js has no zlib.crc32' }, () => {
  const random = seededRandom(2);
  for (let round = 0; round < 200; round++) {
    const bytes = Buffer.from(Array.from({ length: Math.floor(random() * 3000) }, () => Math.floor(random() * 256)));
    const previous = Math.floor(random() * 2 ** 32);
    assert.equal(crc32(bytes, previous), zlib.crc32(bytes, previous));
  }
});

test('goes on from the checksum of the bytes before', () => {
  const bytes = text('order kept, nothing lost');
  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.equal(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut))), crc32(bytes));
  }
});
