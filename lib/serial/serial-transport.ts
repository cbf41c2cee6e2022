import type { EventEmitter } from 'node:events';
import type { TwinError } from '../reading/twin-error';

/** One opened way to a board; it is opened once, and a new one is made after a loss. */
export interface SerialTransport extends EventEmitter<{ data: [Buffer]; lost: [TwinError] }> {
  /** For messages to people: the path, or what is simulated. */
  readonly description: string;
  /** @throws TwinError `SERIAL_…`, `retryable` when the port may come back */
  open(): Promise<void>;
  /** Resolves when the bytes have left for the line. */
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}
