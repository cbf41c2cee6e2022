import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { Decompress as ZstdStream } from 'fzstd';
import { decompressLz4Frame } from './lz4-frame';
import { decompressSnappyBlock } from './snappy-block';

/**
 * More than this out of one batch is no batch of readings but an attack on the memory; the broker's own limit is 1 MiB.
 */
export const MAX_DECOMPRESSED_BYTES = 64 * 2 ** 20;

/** First bytes of the framing in which Java clients send Snappy blocks (xerial snappy-java). */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;

/** Node.js has Zstandard since 22.15; before, it is read by fzstd, some three times slower. */
const { zstdDecompressSync } = zlib as typeof zlib & {
  zstdDecompressSync?: (bytes: Uint8Array, options: { maxOutputLength: number }) => Buffer;
};

const ZSTD_SINGLE_SEGMENT = 0x20;
const ZSTD_DICTIONARY_BYTES = [0, 1, 2, 4];

const gunzip = promisify(zlib.gunzip) as (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

/** By their numbers in the protocol. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;

/**
 * What was compressed with a codec, by its number in the protocol.
 *
 * @throws Error when the codec is unknown, or as `decompressSnappy`
 */
export function decompress(codec: number, bytes: Buffer): Buffer | Promise<Buffer> {
  const name = CODECS[codec];
  if (!name) throw new RangeError(`codec ${codec} is not known`);
  return DECOMPRESS[name](bytes);
}

/**
 * A batch's records, compressed with Snappy: one raw block, or blocks in the framing of Java clients (magic, two
 * versions, then length and block each).
 *
 * @throws Error when the bytes are damaged or give more than `MAX_DECOMPRESSED_BYTES`
 */
export function decompressSnappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, XERIAL.length).equals(XERIAL)) return decompressSnappyBlock(bytes, MAX_DECOMPRESSED_BYTES);
  const blocks: Buffer[] = [];
  let total = 0;
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) throw new RangeError(`a Snappy block ends at ${end} of ${bytes.length} bytes`);
    const block = decompressSnappyBlock(bytes.subarray(at + 4, end), MAX_DECOMPRESSED_BYTES - total);
    total += block.length;
    blocks.push(block);
    at = end;
  }
  return Buffer.concat(blocks);
}

/** A batch's records in the LZ4 frame format. @throws Error as `decompressSnappy` */
export const decompressLz4 = (bytes: Buffer): Buffer => decompressLz4Frame(bytes, MAX_DECOMPRESSED_BYTES);

/** A batch's records as a Zstandard frame (RFC 8878). @throws Error as `decompressSnappy` */
export function decompressZstd(bytes: Buffer): Buffer {
  if (zstdDecompressSync) return zstdDecompressSync(bytes, { maxOutputLength: MAX_DECOMPRESSED_BYTES });
  assertSize(zstdWindowBytes(bytes));
  const chunks: Uint8Array[] = [];
  let total = 0;
  new ZstdStream((chunk) => {
    total += chunk.length;
    assertSize(total);
    chunks.push(chunk);
  }).push(bytes, true);
  return Buffer.concat(chunks);
}

/** What a Zstandard frame wants for its window (RFC 8878, 3.1.1.1); fzstd takes it before it looks at anything else. */
function zstdWindowBytes(bytes: Buffer): number {
  const descriptor = bytes.readUInt8(4);
  if ((descriptor & ZSTD_SINGLE_SEGMENT) === 0) return 2 ** (10 + (bytes.readUInt8(5) >> 3));
  const at = 5 + (ZSTD_DICTIONARY_BYTES[descriptor & 0x03] ?? 0);
  const sizeCode = descriptor >> 6;
  if (sizeCode === 3) return Number(bytes.readBigUInt64LE(at));
  return bytes.readUIntLE(at, 2 ** sizeCode) + (sizeCode === 1 ? 256 : 0);
}

function assertSize(bytes: number): void {
  if (bytes > MAX_DECOMPRESSED_BYTES) {
    throw new RangeError(`${bytes} bytes when decompressed, more than the ${MAX_DECOMPRESSED_BYTES} allowed`);
  }
}

const DECOMPRESS: Readonly<Record<(typeof CODECS)[number], (bytes: Buffer) => Buffer | Promise<Buffer>>> = {
  none: (bytes) => bytes,
  // The slowest of them, so not on the event loop.
  gzip: (bytes) => gunzip(bytes, { maxOutputLength: MAX_DECOMPRESSED_BYTES }),
  snappy: decompressSnappy,
  lz4: decompressLz4,
  zstd: decompressZstd,
};
