declare module 'snappyjs' {
  /** A raw Snappy block; the answer is of the kind that was given. */
  export function compress(bytes: Buffer): Buffer;
}

declare module 'lz4js' {
  /** An LZ4 frame. */
  export function compress(bytes: Uint8Array): Uint8Array;
}
