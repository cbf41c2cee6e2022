import type { Readable, Writable } from 'node:stream';

export interface SimulatedBoardOptions {
  /** Leads to the device's end of the serial line. */
  readonly line: Writable;
  /** Commands that come back over the line. */
  readonly commands: Readable;
  /** The next frame; undefined while the board is silent (a dropout). */
  readonly nextFrame: (nowMs: number) => Buffer | undefined;
  /**
   * Whether somebody has the port open: a frame that nobody can read is not written, so that none is counted as lost.
   */
  readonly isOpen: () => boolean;
  readonly framesPerS: number;
}

/** A board on a serial line: writes frames at a steady rate while it is on, and counts those it wrote. */
export class SimulatedBoard {
  readonly #options: SimulatedBoardOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  #written = 0;
  #remaining = 0;
  #isOpen = false;
  #commandBytes = 0;

  constructor(options: SimulatedBoardOptions) {
    this.#options = options;
    options.line.on('error', () => this.close());
    options.commands.on('error', () => this.close());
    options.commands.on('data', (bytes: Buffer) => (this.#commandBytes += bytes.length));
    this.#timers.push(setInterval(() => (this.#isOpen = options.isOpen()), 250));
    this.#timers.push(setInterval(() => this.#write(), 1000 / options.framesPerS));
  }

  /** Frames written since the start. */
  get written(): number {
    return this.#written;
  }

  /** Bytes of commands that came from the other end. */
  get commandBytes(): number {
    return this.#commandBytes;
  }

  /** Lets it write, up to so many frames. */
  on(frames = Infinity): void {
    this.#remaining = frames;
  }

  off(): void {
    this.#remaining = 0;
  }

  close(): void {
    this.#timers.forEach(clearInterval);
  }

  #write(): void {
    const { line, nextFrame } = this.#options;
    if (this.#remaining <= 0 || !this.#isOpen || line.writableNeedDrain) return;
    const frame = nextFrame(Date.now());
    if (!frame) return;
    line.write(frame);
    this.#written += 1;
    this.#remaining -= 1;
  }
}
