import { isUtf8 } from 'node:buffer';
import { TwinError } from './twin-error';

/** @throws TwinError READING_NOT_UTF8 */
export function decodeUtf8(bytes: Uint8Array): string {
  assertUtf8(bytes);
  return asBuffer(bytes).toString();
}

/** @throws TwinError READING_NOT_UTF8 */
export function assertUtf8(bytes: Uint8Array): void {
  if (isUtf8(bytes)) return;
  const start = asBuffer(bytes.subarray(0, 16)).toString('hex');
  throw new TwinError('READING_NOT_UTF8', `the bytes are not text in UTF-8 (they begin with hex ${start})`);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
