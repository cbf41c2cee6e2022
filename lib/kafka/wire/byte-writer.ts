const INT32_BYTES = 4;

/** Big-endian binary data, as the Kafka protocol writes it, in a buffer that grows. */
export class ByteWriter {
  #bytes: Buffer;
  #at = 0;

  constructor(expectedBytes: number) {
    this.#bytes = Buffer.allocUnsafe(expectedBytes);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#at;
  }

  /** What was written; the next write may move the bytes elsewhere. */
  get written(): Buffer {
    return this.#bytes.subarray(0, this.#at);
  }

  int8(value: number): this {
    const at = this.#advance(1);
    this.#bytes.writeInt8(value, at);
    return this;
  }

  int16(value: number): this {
    const at = this.#advance(2);
    this.#bytes.writeInt16BE(value, at);
    return this;
  }

  int32(value: number): this {
    const at = this.#advance(4);
    this.#bytes.writeInt32BE(value, at);
    return this;
  }

  int64(value: number | bigint): this {
    if (typeof value === 'number') return this.int32(Math.floor(value / 2 ** 32)).int32(value | 0);
    const at = this.#advance(8);
    this.#bytes.writeBigInt64BE(value, at);
    return this;
  }

  /** Overwrites the int32 at `position`, which was left open. */
  setInt32(position: number, value: number): void {
    // As Int32: a checksum is unsigned.
    this.#bytes.writeInt32BE(value | 0, position);
  }

  /** Fills the int32 at `position`, which was left open, with the number of bytes behind it. */
  setLength(position: number): void {
    this.setInt32(position, this.#at - position - INT32_BYTES);
  }

  /** Length as int16, then UTF-8; null has length -1. */
  string(text: string | null): this {
    if (text === null) return this.int16(-1);
    const length = Buffer.byteLength(text);
    return this.int16(length).#raw(text, length);
  }

  /** Zigzag varint or varlong: whole numbers from -2^52 to 2^53. */
  varint(value: number): this {
    let rest = zigzag(value);
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#byte((rest % 0x80) | 0x80);
    this.#byte(rest);
    return this;
  }

  /** Length as varint, then the bytes, text as UTF-8; null has length -1. */
  varBytes(value: string | Buffer | null): this {
    if (value === null) return this.varint(-1);
    const length = Buffer.byteLength(value);
    return this.varint(length).#raw(value, length);
  }

  bytes(value: Buffer): this {
    return this.#raw(value, value.length);
  }

  #raw(value: string | Buffer, length: number): this {
    const at = this.#advance(length);
    if (typeof value === 'string') this.#bytes.write(value, at, length);
    else this.#bytes.set(value, at);
    return this;
  }

  #byte(value: number): void {
    const at = this.#advance(1);
    this.#bytes[at] = value;
  }

  /** To be called first: it may move the bytes. */
  #advance(length: number): number {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at));
      larger.set(this.#bytes.subarray(0, start));
      this.#bytes = larger;
    }
    return start;
  }
}

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

/** Bytes that `varint` writes. */
export function varintSize(value: number): number {
  let bytes = 1;
  for (let rest = zigzag(value); rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}

/** Bytes that `varBytes` writes. */
export function varBytesSize(value: string | Buffer | null): number {
  if (value === null) return varintSize(-1);
  const length = Buffer.byteLength(value);
  return varintSize(length) + length;
}
