/** Reads big-endian binary data as the Kafka protocol writes it. Every method throws a RangeError at the end of it. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at: number;
  readonly #end: number;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Bytes that are left. */
  get left(): number {
    return this.#end - this.#at;
  }

  int8(): number {
    return this.#bytes.readInt8(this.#advance(1));
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#advance(2));
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#advance(4));
  }

  int64(): bigint {
    return this.#bytes.readBigInt64BE(this.#advance(8));
  }

  /** Length as int16, then UTF-8. */
  string(): string {
    return this.#text(this.int16());
  }

  /** Length as int32, then the bytes, not copied; null (length -1) reads as none. */
  bytes(): Buffer {
    return this.take(Math.max(this.int32(), 0));
  }

  /** The next so many bytes, not copied. */
  take(length: number): Buffer {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** A reader of the next so many bytes, which this one passes over. */
  part(length: number): ByteReader {
    const start = this.#advance(length);
    return new ByteReader(this.#bytes, start, start + length);
  }

  /** Zigzag varint or varlong; exact up to 53 bits, as no length and no time of a record is longer. */
  varint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.#bytes[this.#advance(1)] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
      if (factor > MAX_FACTOR) throw new RangeError('a variable-length integer does not end');
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** Length as varint, then the bytes, not copied. */
  varBytes(): Buffer | null {
    const length = this.varint();
    return length < 0 ? null : this.take(length);
  }

  /** Length as varint, then UTF-8. */
  varString(): string {
    return this.#text(this.varint());
  }

  #text(length: number): string {
    if (length <= 0) return '';
    const start = this.#advance(length);
    return this.#bytes.toString('utf8', start, start + length);
  }

  #advance(length: number): number {
    const start = this.#at;
    if (!(length >= 0 && length <= this.#end - start)) throw new RangeError('the data ends too early');
    this.#at = start + length;
    return start;
  }
}

/** A varlong has ten bytes at most. */
const MAX_FACTOR = 2 ** 62;
