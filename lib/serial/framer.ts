import type { Reading } from '../reading/reading';
import { TwinError } from '../reading/twin-error';

/** What a framer makes of its bytes: a reading, or bytes that it gave up on. */
export type FrameResult = FramedReading | RejectedBytes;

export interface FramedReading {
  readonly kind: 'reading';
  readonly values: Reading;
}

export interface RejectedBytes {
  readonly kind: 'rejected';
  /** `SERIAL_…`, says what is wrong with the bytes; `facts.bytes` counts them. */
  readonly error: TwinError;
  /** The bytes, at most the first 256 of them. */
  readonly bytes: Buffer;
}

/**
 * Cuts a stream of bytes into readings. The same bytes give the same readings however they are cut into chunks; what is
 * no part of a reading is skipped, counted and told of. Memory is bounded, time is linear in the bytes.
 */
export interface Framer {
  push(chunk: Uint8Array): FrameResult[];
  /** The line has been silent for a while: evidence where a frame ends, for formats that do not say it themselves. */
  quiet(): FrameResult[];
  /** Nothing will follow: decides about what is left. */
  end(): FrameResult[];
  /** Forgets all bytes and all that was learnt about the sender. */
  reset(): void;
  /** Bytes so far that were no part of a reading. */
  readonly skippedBytes: number;
  /** Bytes held because they may belong to a frame that is not whole yet. */
  readonly pendingBytes: number;
}

const MAX_SHOWN_BYTES = 256;

/** A rejection whose error counts the bytes and whose copy of them is bounded. */
export function rejectedBytes(code: string, message: string, bytes: Uint8Array, count = bytes.length): RejectedBytes {
  const error = new TwinError(code, message, { facts: { bytes: count } });
  return { kind: 'rejected', error, bytes: Buffer.from(bytes.subarray(0, MAX_SHOWN_BYTES)) };
}
