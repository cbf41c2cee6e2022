import { EventEmitter } from 'node:events';
import type { TwinError } from '../reading/twin-error';
import { BoardSimulator, type BoardSimulatorOptions } from './board-simulator';
import type { SerialTransport } from './serial-transport';

/** A board that is further behind than this was stopped (a computer that slept): what it missed is not sent later. */
const MAX_BEHIND_MS = 5_000;

export interface SimulatedTransportOptions extends Omit<BoardSimulatorOptions, 'startMs'> {
  /** A clock that never goes back, in milliseconds (`performance.now`). */
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
    this.#now = options.now ?? ((): number => performance.now());
  }

  open(): Promise<void> {
    const board = new BoardSimulator({ ...this.#options, startMs: Date.now() });
    const periodMs = 1000 / this.#options.framesPerS;
    const startMs = this.#now();
    let next = 0;
    const send = (): void => {
      const due = Math.floor((this.#now() - startMs) / periodMs);
      if ((due - next) * periodMs > MAX_BEHIND_MS) next = due;
      while (next <= due && this.#timer) {
        const frame = board.frame(next++);
        if (frame) this.emit('data', frame);
      }
      if (this.#timer) this.#timer = setTimeout(send, startMs + next * periodMs - this.#now());
    };
    this.#timer = setTimeout(send, 0);
    return Promise.resolve();
  }

  /** Commands are taken, and change nothing. */
  write(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return Promise.resolve();
  }
}
