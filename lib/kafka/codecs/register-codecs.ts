import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { decompress } from './decompress';

/** Those that kafkajs does not bring. */
const TYPES = [CompressionTypes.Snappy, CompressionTypes.LZ4, CompressionTypes.ZSTD];
let registered = false;

/**
 * Teaches kafkajs to read what other clients compress with Snappy, LZ4 and Zstandard. A codec that somebody else has
 * given it (kafkajs may be shared within a process) stays.
 */
export function registerCodecs(): void {
  if (registered) return;
  registered = true;
  const known = CompressionCodecs as Record<number, () => unknown>;
  for (const type of TYPES) {
    if (!isMissing(known[type])) continue;
    known[type] = () => ({
      compress: () => Promise.reject(new Error('this codec is for reading only')),
      // As a promise, so that damage is an ordinary failure of the batch.
      decompress: (bytes: Buffer) => new Promise((resolve) => resolve(decompress(type, bytes))),
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
