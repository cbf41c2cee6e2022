declare module 'snappyjs' {
  /** A raw Snappy block; the answer is of the kind that was given. */
  export function compress(bytes: Buffer): Buffer;
  /** @throws Error when damaged, or when it says that it holds more than `maxLength` bytes */
  export function uncompress(bytes: Buffer, maxLength?: number): Buffer;
}

declare module 'lz4js' {
  /** An LZ4 frame. */
  export function compress(bytes: Uint8Array): Uint8Array;
  export function decompress(frame: Uint8Array): Uint8Array;
  /** At least as many bytes as the frame holds, from its headers alone. */
  export function decompressBound(frame: Uint8Array): number;
}
