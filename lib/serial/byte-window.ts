/**
 * The bytes of a stream that are not decided yet, in one fixed buffer: appending and dropping never allocate, and each
 * byte is moved a bounded number of times. Remembers before which of them the line was silent.
 */
export class ByteWindow {
  readonly #bytes: Uint8Array;
  /** 1 where the line was silent before the byte of the same index. */
  readonly #silences: Uint8Array;
  #start = 0;
  #end = 0;
  #silent = false;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#silences = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** The byte at an index, -1 beyond the end. */
  at(index: number): number {
    const position = this.#start + index;
    return position < this.#end ? (this.#bytes[position] ?? -1) : -1;
  }

  silenceBefore(index: number): boolean {
    return index < this.length && this.#silences[this.#start + index] === 1;
  }

  /** A view of the first bytes, valid until the next append. */
  first(count: number): Uint8Array {
    return this.#bytes.subarray(this.#start, Math.min(this.#start + count, this.#end));
  }

  /** Takes over bytes of the chunk, at most `limit` and as many as there is room for; returns how many. */
  append(chunk: Uint8Array, from: number, limit: number): number {
    if (this.#end === this.#bytes.length) this.#moveToFront();
    const count = Math.min(limit, chunk.length - from, this.#bytes.length - this.#end);
    if (count === 0) return 0;
    this.#bytes.set(chunk.subarray(from, from + count), this.#end);
    this.#silences.fill(0, this.#end, this.#end + count);
    if (this.#silent) this.#silences[this.#end] = 1;
    this.#silent = false;
    this.#end += count;
    return count;
  }

  /** The next byte that is appended comes after a silence. */
  markSilence(): void {
    this.#silent = true;
  }

  drop(count: number): void {
    this.#start = Math.min(this.#start + count, this.#end);
  }

  clear(): void {
    this.#start = 0;
    this.#end = 0;
    this.#silent = false;
  }

  #moveToFront(): void {
    this.#bytes.copyWithin(0, this.#start, this.#end);
    this.#silences.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }
}
