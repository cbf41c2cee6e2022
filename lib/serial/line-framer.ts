import type { Reading } from '../reading/reading';
import { TwinError, messageOf } from '../reading/twin-error';
import { decodeUtf8 } from '../reading/utf8';
import { type FrameResult, type Framer, rejectedBytes } from './framer';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const DEFAULT_MAX_BYTES = 64 * 1024;

/** One format of text lines: what a line says, or nothing when it says nothing (an empty line, a heading). */
export interface LineFormat {
  /** @throws TwinError `SERIAL_…` or `READING_…` when the line is no reading; it is then rejected alone */
  decode(line: string): Reading | undefined;
  /** Forgets what was learnt from earlier lines (a heading). */
  reset?(): void;
}

export interface LineFramerOptions {
  /** A longer line is given up, so that noise without a line end cannot fill the memory (default 64 KiB). */
  readonly maxBytes?: number;
  /**
   * The stream may begin within a line whose rest would look like a whole one (a port that is opened while the board
   * sends): the first line is then skipped whatever it says (default false).
   */
  readonly startsWithinLine?: boolean;
}

/**
 * Readings from text lines that end with LF, CR or both, so that one lost end does not join two lines. The first line
 * may be the rest of one that began before we listened: when it cannot be read it is skipped, not rejected. A line
 * that the stream ends within is never taken.
 */
export class LineFramer implements Framer {
  readonly #format: LineFormat;
  readonly #maxBytes: number;
  readonly #startsWithinLine: boolean;
  #parts: Uint8Array[] = [];
  #pendingBytes = 0;
  /** Bytes of an overlong line that were thrown away already; the rest of it follows. */
  #overlongBytes = 0;
  #overlongStart: Buffer = Buffer.alloc(0);
  #begun = false;
  #skippedBytes = 0;

  constructor(format: LineFormat, { maxBytes = DEFAULT_MAX_BYTES, startsWithinLine = false }: LineFramerOptions = {}) {
    this.#format = format;
    this.#maxBytes = maxBytes;
    this.#startsWithinLine = startsWithinLine;
  }

  get skippedBytes(): number {
    return this.#skippedBytes;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  push(chunk: Uint8Array): FrameResult[] {
    const results: FrameResult[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      if (chunk[at] !== LINE_FEED && chunk[at] !== CARRIAGE_RETURN) continue;
      this.#hold(chunk.subarray(start, at));
      this.#endLine(results);
      start = at + 1;
    }
    if (start < chunk.length) this.#hold(Buffer.from(chunk.subarray(start)));
    return results;
  }

  /** Silence says nothing about a line: its end does. */
  quiet(): FrameResult[] {
    return [];
  }

  end(): FrameResult[] {
    const results: FrameResult[] = [];
    const count = this.#pendingBytes + this.#overlongBytes;
    if (count > 0) {
      const bytes = this.#overlongBytes > 0 ? this.#overlongStart : this.#take();
      results.push(
        rejectedBytes('SERIAL_LINE_CUT_SHORT', `${count} bytes without a line end at the end`, bytes, count),
      );
      this.#skippedBytes += count;
    }
    this.#forgetLine();
    return results;
  }

  reset(): void {
    this.#forgetLine();
    this.#begun = false;
    this.#format.reset?.();
  }

  #hold(bytes: Uint8Array): void {
    if (this.#overlongBytes > 0 || this.#pendingBytes + bytes.length > this.#maxBytes) {
      if (this.#overlongBytes === 0) this.#overlongStart = Buffer.concat([this.#take(), bytes.subarray(0, 256)]);
      this.#overlongBytes += this.#pendingBytes + bytes.length;
      this.#parts = [];
      this.#pendingBytes = 0;
      return;
    }
    this.#parts.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  #endLine(results: FrameResult[]): void {
    const first = !this.#begun;
    this.#begun ||= this.#pendingBytes + this.#overlongBytes > 0;
    if (this.#overlongBytes > 0) {
      const message = `a line of ${this.#overlongBytes} bytes is longer than ${this.#maxBytes}; check the format and the baud rate`;
      results.push(rejectedBytes('SERIAL_LINE_TOO_LONG', message, this.#overlongStart, this.#overlongBytes));
      this.#skippedBytes += this.#overlongBytes;
      this.#forgetLine();
      return;
    }
    const bytes = this.#take();
    this.#forgetLine();
    if (bytes.length === 0) return;
    if (first && this.#startsWithinLine) {
      this.#skippedBytes += bytes.length;
      return;
    }
    try {
      const line = decodeUtf8(bytes);
      if (line.trim() === '') return;
      const values = this.#format.decode(line);
      if (values) results.push({ kind: 'reading', values });
    } catch (thrown) {
      this.#skippedBytes += bytes.length;
      if (first) return;
      const code = thrown instanceof TwinError ? thrown.code : 'SERIAL_LINE_UNREADABLE';
      results.push(rejectedBytes(code, messageOf(thrown), bytes));
    }
  }

  #take(): Buffer {
    return this.#parts.length === 1 ? Buffer.from(this.#parts[0]!) : Buffer.concat(this.#parts, this.#pendingBytes);
  }

  #forgetLine(): void {
    this.#parts = [];
    this.#pendingBytes = 0;
    this.#overlongBytes = 0;
    this.#overlongStart = Buffer.alloc(0);
  }
}
