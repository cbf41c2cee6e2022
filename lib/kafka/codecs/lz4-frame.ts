import { copyLiteral, repeatEarlier } from './window-copy';

const MAGIC = 0x184d2204;
const FLAGS = { version: 0xc0, blockChecksum: 0x10, contentSize: 0x08, dictionary: 0x01 } as const;
const VERSION_1 = 0x40;
/** A block that is not compressed. */
const PLAIN = 0x80000000;
/** No byte of a compressed block gives more. */
const MOST_PER_BYTE = 255;
const MIN_MATCH = 4;
const MORE_NIBBLE = 15;
const MORE_BYTE = 255;

/**
 * An LZ4 frame (LZ4 Frame Format 1.6, Block Format): a header, blocks of a largest size, an end mark. The checksums
 * within are not looked at, as the batch around it has one. (See `decompressSnappyBlock` why this is our own.)
 *
 * @throws Error when the bytes are damaged or give more than `maxBytes`
 */
export function decompressLz4Frame(source: Buffer, maxBytes: number): Buffer {
  if (source.readUInt32LE(0) !== MAGIC) throw new RangeError('no LZ4 frame');
  const flags = source.readUInt8(4);
  if ((flags & FLAGS.version) !== VERSION_1) throw new RangeError('an unknown version of LZ4 frames');
  if (flags & FLAGS.dictionary) throw new RangeError('an LZ4 frame with a dictionary');
  const sizeCode = (source.readUInt8(5) >> 4) & 0x07;
  if (sizeCode < 4) throw new RangeError('an unknown size of LZ4 blocks');
  const blockBytes = 2 ** (8 + 2 * sizeCode);
  let from = flags & FLAGS.contentSize ? 15 : 7;
  let bytes: Buffer = Buffer.alloc(0);
  let at = 0;
  for (;;) {
    const word = source.readUInt32LE(from);
    from += 4;
    if (word === 0) return bytes.subarray(0, at);
    const size = word % PLAIN;
    if (size > source.length - from) throw new RangeError('an LZ4 frame ends too early');
    const isPlain = word >= PLAIN;
    const limit = at + Math.min(blockBytes, isPlain ? size : size * MOST_PER_BYTE);
    bytes = withRoom(bytes, at, limit);
    if (isPlain) {
      copyLiteral(source, from, size, bytes, at, limit);
      at += size;
    } else at = decompressBlock(source, from, from + size, bytes, at, limit);
    if (at > maxBytes) throw new RangeError(`${at} bytes when decompressed, more than the ${maxBytes} allowed`);
    from += size + (flags & FLAGS.blockChecksum ? 4 : 0);
  }
}

function withRoom(bytes: Buffer, used: number, needed: number): Buffer {
  if (bytes.length >= needed) return bytes;
  const larger = Buffer.allocUnsafe(Math.max(needed, 2 * bytes.length));
  bytes.copy(larger, 0, 0, used);
  return larger;
}

/** Sequences of a token, literals and a copy; the last one has no copy. Answers where the block ends in `bytes`. */
function decompressBlock(
  source: Buffer,
  start: number,
  end: number,
  bytes: Buffer,
  begin: number,
  limit: number,
): number {
  let from = start;
  let at = begin;
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    for (let byte: number = MORE_BYTE; nibble === MORE_NIBBLE && byte === MORE_BYTE;) {
      byte = source.readUInt8(from++);
      length += byte;
    }
    return length;
  };
  while (from < end) {
    const token = source.readUInt8(from++);
    const literals = lengthOf(token >> 4);
    copyLiteral(source, from, literals, bytes, at, limit);
    from += literals;
    at += literals;
    if (from >= end) break;
    const offset = source.readUInt16LE(from);
    from += 2;
    const length = lengthOf(token & 0x0f) + MIN_MATCH;
    repeatEarlier(bytes, at, offset, length, limit);
    at += length;
  }
  if (from !== end) throw new RangeError('an LZ4 block does not end where it should');
  return at;
}
