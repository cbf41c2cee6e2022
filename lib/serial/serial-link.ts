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
    try {
      await transport.open();
    } catch (thrown) {
      await transport.close();
      return thrown instanceof TwinError
        ? thrown
        : new TwinError('SERIAL_OPEN_FAILED', `${transport.description}: ${messageOf(thrown)}`, { retryable: true });
    }
    const lost = new Promise<TwinError>((resolve) => {
      transport.once('lost', resolve);
      const stopped = (): void => resolve(new TwinError('SERIAL_CLOSED', 'closed', { retryable: true }));
      if (signal.aborted) stopped();
      else signal.addEventListener('abort', stopped, { once: true });
    });
    this.#transport = transport;
    this.#backoff.reset();
    this.emit('opened');
    transport.on('data', (chunk) => this.emit('data', chunk, Date.now()));
    this.emit('state', { state: 'connected' });
    const reason = await lost;
    this.#transport = undefined;
    transport.removeAllListeners('data');
    await transport.close();
    return reason;
  }
}
