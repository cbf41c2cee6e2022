import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { decompressLz4, decompressSnappy, decompressZstd } from './decompress';

const DECOMPRESS = {
  [CompressionTypes.Snappy]: decompressSnappy,
  [CompressionTypes.LZ4]: decompressLz4,
  [CompressionTypes.ZSTD]: decompressZstd,
};
let registered = false;

/**
 * Teaches kafkajs to read what other clients compress with Snappy, LZ4 and Zstandard. A codec that somebody else has
 * given it (kafkajs may be shared within a process) stays.
 */
export function registerCodecs(): void {
  if (registered) return;
  registered = true;
  for (const [type, decompress] of Object.entries(DECOMPRESS)) {
    const known = CompressionCodecs as Record<string, () => unknown>;
    if (!isMissing(known[type])) continue;
    known[type] = () => ({
      compress: () => Promise.reject(new Error('this codec is for reading only')),
      // As a promise, so that damage is an ordinary failure of the batch.
      decompress: (bytes: Buffer) => new Promise((resolve) => resolve(decompress(bytes))),
    });
  }
}

/** kafkajs has a stand-in that throws for each codec that it names but does not bring. */
function isMissing(codec: (() => unknown) | undefined): boolean {
  try {
    return !codec?.();
  } catch {
    return true;
  }
}
