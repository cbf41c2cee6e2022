import { copyLiteral, repeatEarlier } from './window-copy';

/** Lengths of literals from here on stand in one to four bytes of their own. */
const LONG_LITERAL = 60;
/** A copy gives 64 bytes for three. */
const MOST_PER_BYTE = 22;

/**
 * A raw Snappy block (format description of Google's Snappy): the uncompressed length as a varint, then literals and
 * copies. (The pure JavaScript libraries do not look at the ends, and take up to minutes for a few damaged bytes.)
 *
 * @throws Error when the bytes are damaged or say that they hold more than `maxBytes`
 */
export function decompressSnappyBlock(source: Buffer, maxBytes: number): Buffer {
  let from = 0;
  let total = 0;
  for (let factor = 1; ; factor *= 0x80) {
    const byte = source.readUInt8(from++);
    total += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
    if (factor > 2 ** 28) throw new RangeError('no length of a Snappy block');
  }
  if (total > source.length * MOST_PER_BYTE) throw new RangeError(`a Snappy block that says it holds ${total} bytes`);
  if (total > maxBytes) throw new RangeError(`${total} bytes when decompressed, more than the ${maxBytes} allowed`);
  const bytes = Buffer.allocUnsafe(total);
  let at = 0;
  while (from < source.length) {
    const tag = source.readUInt8(from++);
    const kind = tag & 0x03;
    let length = (tag >> 2) + 1;
    if (kind === 0) {
      if (length > LONG_LITERAL) {
        const size = length - LONG_LITERAL;
        length = source.readUIntLE(from, size) + 1;
        from += size;
      }
      copyLiteral(source, from, length, bytes, at, total);
      from += length;
    } else {
      let offset: number;
      if (kind === 1) {
        length = ((tag >> 2) & 0x07) + 4;
        offset = ((tag >> 5) << 8) | source.readUInt8(from);
        from += 1;
      } else {
        const size = kind === 2 ? 2 : 4;
        offset = source.readUIntLE(from, size);
        from += size;
      }
      repeatEarlier(bytes, at, offset, length, total);
    }
    at += length;
  }
  if (at !== total) throw new RangeError(`${at} bytes of the ${total} that a Snappy block says it holds`);
  return bytes;
}
