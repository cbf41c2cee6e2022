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

  /** Length as int32, then the bytes, not copied. */
  nullableBytes(): Buffer | null {
    const length = this.int32();
    return length < 0 ? null : this.take(length);
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

  /** Zigzag varint of a signed integer of 32 bits. */
  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 0x80) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return unzigzag(value);
    }
    throw endless();
  }

  /** Zigzag varint of a signed integer of 64 bits. */
  varlong(): bigint {
    let low = 0;
    // As many bytes as a number holds exactly; few have more than three.
    for (let factor = 1; factor <= 2 ** 42; factor *= 0x80) {
      const byte = this.#byte();
      low += (byte & 0x7f) * factor;
      if (byte < 0x80) return BigInt(unzigzag(low));
    }
    let value = BigInt(low);
    for (let shift = 49n; shift <= 63n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n));
    }
    throw endless();
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

  #byte(): number {
    return this.#bytes[this.#advance(1)] as number;
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

const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);
const endless = (): RangeError => new RangeError('a variable-length integer does not end');
