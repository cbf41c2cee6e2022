import { EventEmitter } from 'node:events';
import { sleep } from '../delivery/abortable-sleep';
import { Backoff } from '../delivery/backoff';
import type { ConnectionChange } from '../delivery/connection-state';
import { TwinError, messageOf } from '../reading/twin-error';
import type { SerialTransport } from './serial-transport';

export interface SerialLinkOptions {
  /** Makes the transport for each attempt to connect. */
  readonly transport: () => SerialTransport;
  readonly backoff?: Backoff;
}

/**
 * Keeps a way to the board open: opens it, opens it again after a loss, and lets go of it while another program needs
 * the port.
 */
export class SerialLink extends EventEmitter<{
  data: [chunk: Buffer, receivedAtMs: number];
  /** The line begins anew: bytes before and after do not belong together. */
  opened: [];
  state: [ConnectionChange];
}> {
  readonly #options: SerialLinkOptions;
  readonly #backoff: Backoff;
  #transport: SerialTransport | undefined;
  #running: Promise<void> = Promise.resolve();
  #stop: AbortController | undefined;
  #closed = false;

  constructor(options: SerialLinkOptions) {
    super();
    this.#options = options;
    this.#backoff = options.backoff ?? new Backoff({ minMs: 250, maxMs: 5000 });
  }

  /** Begins to connect, and goes on trying until released or closed. */
  start(): void {
    if (this.#closed || this.#stop) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#running = this.#running.then(() => this.#keepOpen(stop.signal));
  }

  /** Lets go of the port, for flashing or another program; `start` takes it back. */
  async release(): Promise<void> {
    const stop = this.#stop;
    this.#stop = undefined;
    stop?.abort();
    await this.#running;
    if (stop) this.emit('state', { state: 'stopped' });
  }

  /**
   * Sends bytes to the board; resolves when they have left for the line.
   * @throws TwinError `SERIAL_CLOSED` (retryable) while there is no connection, `SERIAL_WRITE_FAILED`
   */
  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#transport)
      throw new TwinError('SERIAL_CLOSED', 'the board is not connected: the command was not sent', { retryable: true });
    await this.#transport.write(bytes);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.release();
  }

  async #keepOpen(signal: AbortSignal): Promise<void> {
    this.emit('state', { state: 'connecting' });
    while (!signal.aborted) {
      const error = await this.#once(signal);
      if (signal.aborted) return;
      this.emit('state', { state: 'waiting', error });
      await sleep(this.#backoff.next(), signal).catch(() => undefined);
    }
  }

  /** One connection from opening to loss; resolves with the reason for its end. */
  async #once(signal: AbortSignal): Promise<TwinError> {
    const transport = this.#options.transport();
    const end = new TransportEnd(transport, signal);
    const opened = transport.open().then(
      () => undefined,
      (thrown: unknown) => this.#asTwinError(thrown, transport),
    );
    // Opening may hang in the driver: a release does not wait for it.
    const failed = await Promise.race([opened, end.reason]);
    if (failed) {
      void opened.then(() => transport.close());
      end.forget();
      return failed;
    }
    this.#transport = transport;
    this.#backoff.reset();
    this.emit('opened');
    transport.on('data', (chunk) => this.emit('data', chunk, Date.now()));
    this.emit('state', { state: 'connected' });
    const reason = await end.reason;
    end.forget();
    this.#transport = undefined;
    transport.removeAllListeners('data');
    await transport.close();
    return reason;
  }

  #asTwinError(thrown: unknown, transport: SerialTransport): TwinError {
    if (thrown instanceof TwinError) return thrown;
    const message = `${transport.description}: ${messageOf(thrown)}`;
    return new TwinError('SERIAL_OPEN_FAILED', message, { retryable: true, cause: thrown });
  }
}

/** Waits for the end of one connection: the transport is lost, or the owner lets go of it. */
class TransportEnd {
  readonly reason: Promise<TwinError>;
  readonly #signal: AbortSignal;
  #released: () => void = () => undefined;

  constructor(transport: SerialTransport, signal: AbortSignal) {
    this.#signal = signal;
    this.reason = new Promise((resolve) => {
      transport.once('lost', resolve);
      this.#released = () => resolve(new TwinError('SERIAL_CLOSED', 'the port was released', { retryable: true }));
      if (signal.aborted) this.#released();
      else signal.addEventListener('abort', this.#released);
    });
  }

  /** The signal outlives many connections and must not collect their listeners. */
  forget(): void {
    this.#signal.removeEventListener('abort', this.#released);
  }
}
