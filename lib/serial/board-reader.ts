import { EventEmitter } from 'node:events';
import type { Reading } from '../reading/reading';
import type { FrameResult, Framer, RejectedBytes } from './framer';
import type { SerialLink } from './serial-link';

/** After this long without a byte the line is taken as silent; a frame's own bytes come closer together. */
const QUIET_MS = 50;

/** A link and a framer: bytes in, readings out. */
export class BoardReader extends EventEmitter<{
  reading: [values: Reading, receivedAtMs: number];
  rejected: [RejectedBytes];
}> {
  readonly #framer: Framer;
  #quietTimer: NodeJS.Timeout | undefined;
  #lastByteAtMs = 0;

  constructor(framer: Framer) {
    super();
    this.#framer = framer;
  }

  /** Reads what a link brings; a line that is opened anew begins with no bytes of before. */
  attach(link: SerialLink): void {
    link.on('opened', () => this.#restart());
    link.on('data', (chunk, receivedAtMs) => this.push(chunk, receivedAtMs));
  }

  get skippedBytes(): number {
    return this.#framer.skippedBytes;
  }

  /** @param receivedAtMs epoch milliseconds at which the bytes arrived */
  push(chunk: Uint8Array, receivedAtMs: number): void {
    this.#lastByteAtMs = receivedAtMs;
    this.#tell(this.#framer.push(chunk));
    if (this.#framer.pendingBytes === 0) {
      clearTimeout(this.#quietTimer);
      this.#quietTimer = undefined;
    } else if (this.#quietTimer) this.#quietTimer.refresh();
    else this.#quietTimer = setTimeout(() => this.#quiet(), QUIET_MS);
  }

  close(): void {
    clearTimeout(this.#quietTimer);
    this.#quietTimer = undefined;
  }

  #restart(): void {
    this.#tell(this.#framer.end());
    this.#framer.reset();
  }

  #quiet(): void {
    this.#quietTimer = undefined;
    this.#tell(this.#framer.quiet());
  }

  #tell(results: readonly FrameResult[]): void {
    for (const result of results) {
      if (result.kind === 'reading') this.emit('reading', result.values, this.#lastByteAtMs);
      else this.emit('rejected', result);
    }
  }
}
