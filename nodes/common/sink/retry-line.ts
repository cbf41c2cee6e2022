import { sleep } from '../../../lib/delivery/abortable-sleep';
import { Backoff } from '../../../lib/delivery/backoff';
import { Fifo } from '../../../lib/delivery/fifo';
import { TwinError } from '../../../lib/reading/twin-error';

interface Waiting {
  readonly send: () => Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What a client has no room for at present is sent again, in the order of the calls, for as long as the node lives: to
 * give such a message up would acknowledge it at its source, which would then never send it again. Its source's window
 * bounds the line.
 */
export class RetryLine {
  readonly #waiting = new Fifo<Waiting>();
  readonly #stop = new AbortController();
  #running = false;

  /** @throws TwinError the error of `send` when that is not retryable; when closing, a retryable one */
  send(send: () => Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = { send, resolve, reject };
      if (this.#waiting.length > 0) this.#waiting.push(entry);
      else this.#follow(entry, send());
    });
  }

  /** Sends nothing again. */
  close(): void {
    const error = new TwinError('DELIVERY_CLOSED', 'the sink is closed', { retryable: true });
    this.#stop.abort(error);
    for (const { reject } of this.#waiting.clear()) reject(error);
  }

  #follow(entry: Waiting, sending: Promise<void>): void {
    sending.then(entry.resolve, (error: unknown) => {
      if (!mayPass(error) || this.#stop.signal.aborted) return entry.reject(error);
      this.#waiting.push(entry);
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    const backoff = new Backoff({ minMs: 20, maxMs: 1_000 });
    await sleep(backoff.next(), this.#stop.signal).catch(() => undefined);
    for (let entry = this.#waiting.first; entry; entry = this.#waiting.first) {
      const sending = entry.send();
      // A client that has no room says so at once.
      const error = await Promise.race([sending.then(() => undefined, identity), turn()]);
      if (mayPass(error)) await sleep(backoff.next(), this.#stop.signal).catch(() => undefined);
      else {
        backoff.reset();
        if (this.#waiting.first === entry) this.#waiting.shift();
        this.#follow(entry, sending);
      }
    }
    this.#running = false;
  }
}

const mayPass = (error: unknown): boolean => error instanceof TwinError && error.retryable;
const identity = (error: unknown): unknown => error;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
