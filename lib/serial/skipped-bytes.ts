import { rejectedBytes, type RejectedBytes } from './framer';

const SHOWN_BYTES = 256;

/** Bytes that a framer skips in a row, one result for all of them. Holds the first 256 and counts the others. */
export class SkippedBytes<Code extends string> {
  readonly #shown = Buffer.alloc(SHOWN_BYTES);
  readonly #reasons: Readonly<Record<Code, string>>;
  #code: Code | undefined;
  #count = 0;

  /** @param reasons by code, what the message says after "17 bytes " */
  constructor(reasons: Readonly<Record<Code, string>>) {
    this.#reasons = reasons;
  }

  /** Adds bytes; returns what was skipped before for another reason. */
  add(bytes: Uint8Array, code: Code): RejectedBytes | undefined {
    const before = code === this.#code ? undefined : this.take();
    this.#code = code;
    const room = SHOWN_BYTES - this.#count;
    if (room > 0) this.#shown.set(bytes.subarray(0, room), this.#count);
    this.#count += bytes.length;
    return before;
  }

  /** What was skipped since the last result; undefined when nothing was. */
  take(): RejectedBytes | undefined {
    const count = this.#count;
    const code = this.#code;
    this.#count = 0;
    if (count === 0 || code === undefined) return undefined;
    const message = `${count} ${count === 1 ? 'byte' : 'bytes'} ${this.#reasons[code]}`;
    return rejectedBytes(code, message, this.#shown.subarray(0, Math.min(count, SHOWN_BYTES)), count);
  }
}
