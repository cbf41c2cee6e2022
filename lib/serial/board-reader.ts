import { EventEmitter } from 'node:events';
import type { Reading } from '../reading/reading';
import type { FrameResult, Framer, RejectedBytes } from './framer';
import type { SerialLink } from './serial-link';

/** After this long without a byte the line is taken as silent; a frame's own bytes come closer together. */
const QUIET_MS = 20;

/** A link and a framer: bytes in, readings out. */
export class BoardReader extends EventEmitter<{
  reading: [values: Reading, receivedAtMs: number];
  rejected: [RejectedBytes];
}> {
  readonly #framer: Framer;
  readonly #quietMs: number;
  #quietTimer: NodeJS.Timeout | undefined;
  #quietCheck: NodeJS.Immediate | undefined;
  #lastByteAtMs = 0;
  #readings = 0;

  constructor(framer: Framer, quietMs = QUIET_MS) {
    super();
    this.#framer = framer;
    this.#quietMs = quietMs;
  }

  /** Reads what a link brings; a line that is opened anew begins with no bytes of before. */
  attach(link: SerialLink): void {
    link.on('opened', () => this.#restart());
    link.on('data', (chunk, receivedAtMs) => this.push(chunk, receivedAtMs));
  }

  /** Readings given out so far. */
  get readings(): number {
    return this.#readings;
  }

  /** Bytes so far that were no part of a reading. */
  get skippedBytes(): number {
    return this.#framer.skippedBytes;
  }

  /** @param receivedAtMs epoch milliseconds at which the bytes arrived */
  push(chunk: Uint8Array, receivedAtMs: number): void {
    this.#lastByteAtMs = receivedAtMs;
    this.#tell(this.#framer.push(chunk));
    clearImmediate(this.#quietCheck);
    if (this.#quietTimer) this.#quietTimer.refresh();
    else this.#quietTimer = setTimeout(() => this.#checkQuiet(), this.#quietMs);
  }

  close(): void {
    clearTimeout(this.#quietTimer);
    clearImmediate(this.#quietCheck);
    this.#quietTimer = undefined;
  }

  #restart(): void {
    this.close();
    this.#tell(this.#framer.end());
    this.#framer.reset();
  }

  /** After a busy spell the timer is due before bytes that came meanwhile are read: these go first. */
  #checkQuiet(): void {
    this.#quietTimer = undefined;
    this.#quietCheck = setImmediate(() => this.#tell(this.#framer.quiet()));
  }

  #tell(results: readonly FrameResult[]): void {
    for (const result of results) {
      if (result.kind === 'reading') {
        this.#readings++;
        this.emit('reading', result.values, this.#lastByteAtMs);
      } else this.emit('rejected', result);
    }
  }
}
