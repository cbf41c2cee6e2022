import { readFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TwinError, messageOf } from '../../lib/reading/twin-error';

export interface KeptStateOptions {
  /** Path of the file; its folder is made when the first state is written. */
  readonly file: string;
  /** Shortest time between two writes, ms. Default 1,000. */
  readonly everyMs?: number;
  /** A larger state is not written, a larger file not read. Default 4 MiB. */
  readonly maxBytes?: number;
  /**
   * The state could not be written or read: STATE_UNREADABLE, STATE_UNWRITABLE, STATE_TOO_LARGE. The node works on
   * without.
   */
  readonly onTrouble: (error: TwinError) => void;
}

const EVERY_MS = 1_000;
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The state of a node in a small JSON file of its own, as the contexts of Node-RED are in memory by default. Written to
 * a second file that then takes the place of the first, so that a kill leaves the old state or the new one, never half
 * of one. What changed in the last `everyMs` before a kill is lost; a stop of the node writes it.
 */
export class KeptState {
  readonly #options: Required<KeptStateOptions>;
  #snapshot: (() => unknown) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor({ everyMs = EVERY_MS, maxBytes = MAX_BYTES, ...options }: KeptStateOptions) {
    this.#options = { everyMs, maxBytes, ...options };
  }

  /** The state as it was kept; undefined where there is none, or none that can be read (reported). */
  read(): unknown {
    const { file, maxBytes, onTrouble } = this.#options;
    try {
      const bytes = readFileSync(file);
      if (bytes.length > maxBytes) throw new Error(`it has ${bytes.length} bytes, more than ${maxBytes}`);
      return JSON.parse(bytes.toString('utf8')) as unknown;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      const message = `the kept state ${file} cannot be read, so the node begins anew: ${messageOf(thrown)}`;
      onTrouble(new TwinError('STATE_UNREADABLE', message, { cause: thrown }));
      return undefined;
    }
  }

  /** The state has changed; `snapshot` is called when it is written, so it costs nothing per message. */
  changed(snapshot: () => unknown): void {
    if (this.#closed) return;
    this.#snapshot = snapshot;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#write();
    }, this.#options.everyMs);
  }

  /** Writes what has changed, and ends. `forget` removes the file instead. */
  async close(forget = false): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (forget) this.#snapshot = undefined;
    await this.#write();
    if (forget) await rm(this.#options.file, { force: true }).catch((thrown: unknown) => this.#unwritable(thrown));
  }

  /** One after the other; a failure is reported and ends there. */
  #write(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const snapshot = this.#snapshot;
      this.#snapshot = undefined;
      if (!snapshot) return;
      try {
        await this.#replace(JSON.stringify(snapshot()));
      } catch (thrown) {
        this.#unwritable(thrown);
      }
    });
    return this.#writing;
  }

  async #replace(text: string): Promise<void> {
    const { file, maxBytes, onTrouble } = this.#options;
    const bytes = Buffer.from(text);
    if (bytes.length > maxBytes) {
      const message = `the state of ${bytes.length} bytes is larger than ${maxBytes} and is not kept in ${file}`;
      onTrouble(new TwinError('STATE_TOO_LARGE', message));
      return;
    }
    await mkdir(dirname(file), { recursive: true });
    const fresh = `${file}.new`;
    const handle = await open(fresh, 'w');
    try {
      await handle.writeFile(bytes);
      // Without it a power cut may leave the new name with no content.
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  }

  #unwritable(thrown: unknown): void {
    const { file, onTrouble } = this.#options;
    const message = `the state cannot be kept in ${file}: ${messageOf(thrown)}`;
    onTrouble(new TwinError('STATE_UNWRITABLE', message, { retryable: true, cause: thrown }));
  }
}
