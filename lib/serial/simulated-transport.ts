import { EventEmitter } from 'node:events';
import type { TwinError } from '../reading/twin-error';
import { BoardSimulator } from './board-simulator';
import type { FrameFormat } from './frame-format';
import type { SerialTransport } from './serial-transport';

/** A faster board sends several frames each time the timer wakes. */
const MIN_TICK_MS = 5;

export interface SimulatedTransportOptions {
  readonly format: FrameFormat;
  readonly framesPerS: number;
  readonly seed: number;
  /** Length of the daily cycle in milliseconds (24 hours). */
  readonly dayMs?: number;
  /** Epoch milliseconds (`Date.now`). */
  readonly now?: () => number;
}

/** A board within this process: its frames come at a steady rate, which a busy event loop delays but does not lower. */
export class SimulatedTransport extends EventEmitter<{ data: [Buffer]; lost: [TwinError] }> implements SerialTransport {
  readonly description = 'the simulated board';
  readonly #options: SimulatedTransportOptions;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SimulatedTransportOptions) {
    super();
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  open(): Promise<void> {
    const { framesPerS } = this.#options;
    const startMs = this.#now();
    const board = new BoardSimulator({ ...this.#options, startMs });
    let next = 0;
    this.#timer = setInterval(
      () => {
        const due = Math.floor(((this.#now() - startMs) * framesPerS) / 1000);
        while (next < due) {
          const frame = board.frame(next++);
          if (frame) this.emit('data', frame);
        }
      },
      Math.max(MIN_TICK_MS, 1000 / framesPerS),
    );
    return Promise.resolve();
  }

  /** Commands are taken, and change nothing. */
  write(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    return Promise.resolve();
  }
}
