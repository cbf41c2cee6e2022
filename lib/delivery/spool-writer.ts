import { TwinError } from '../reading/twin-error';
import { NaturalBatcher, type BatchOutcome } from './natural-batcher';
import { diskError } from './spool-files';
import type { SpoolLog } from './spool-log';
import type { ResolvedSpoolOptions } from './spool-options';
import { RECORD_HEADER_BYTES } from './spool-record';

/** Records and bytes of one write. */
const BATCH = { maxItems: 10_000, maxBytes: 4 * 2 ** 20 };

export interface SpoolWriterOptions extends Pick<
  ResolvedSpoolOptions,
  'folder' | 'maxPayloadBytes' | 'maxWaitingBytes' | 'now'
> {
  readonly log: SpoolLog;
  /** Called before a write of so many bytes. */
  readonly makeRoom: (bytes: number, nowMs: number) => Promise<void>;
  /** Called when so many records of this time were stored. */
  readonly onStored: (count: number, timeMs: number) => void;
}

/** Appends to the log: what arrives while a write is under way goes with the next one. */
export class SpoolWriter {
  readonly #options: SpoolWriterOptions;
  readonly #batcher: NaturalBatcher<Buffer, number>;
  #waitingBytes = 0;
  #closing: Promise<void> | undefined;

  constructor(options: SpoolWriterOptions) {
    this.#options = options;
    this.#batcher = new NaturalBatcher<Buffer, number>((payloads) => this.#flush(payloads), {
      ...BATCH,
      sizeOf: ({ length }) => length + RECORD_HEADER_BYTES,
    });
  }

  /** Whether a write is under way. */
  get busy(): boolean {
    return this.#batcher.inFlight > 0;
  }

  /** Resolves with the sequence of the record once it is stored. */
  async append(payload: Buffer): Promise<number> {
    const { maxPayloadBytes, maxWaitingBytes } = this.#options;
    if (payload.length > maxPayloadBytes) {
      throw new TwinError(
        'DELIVERY_SPOOL_TOO_LARGE',
        `a message of ${payload.length} bytes does not fit into the spool, which takes up to ${maxPayloadBytes}`,
      );
    }
    if (this.#waitingBytes > 0 && this.#waitingBytes + payload.length > maxWaitingBytes) {
      throw new TwinError(
        'DELIVERY_QUEUE_FULL',
        `${this.#waitingBytes} bytes wait for the disk of the spool ${this.#options.folder}: send more slowly`,
        { retryable: true },
      );
    }
    this.#waitingBytes += payload.length;
    try {
      return await this.#batcher.add(payload);
    } catch (error) {
      throw this.#closing ? spoolClosedError() : error;
    } finally {
      this.#waitingBytes -= payload.length;
    }
  }

  /** Takes no more, and waits up to `drainMs` for what is under way. */
  close(drainMs: number): Promise<void> {
    this.#closing ??= this.#batcher.close(drainMs);
    return this.#closing;
  }

  async #flush(payloads: readonly Buffer[]): Promise<BatchOutcome<number>[]> {
    const { log, now, makeRoom, onStored } = this.#options;
    const nowMs = now();
    const outcomes: BatchOutcome<number>[] = [];
    let error: TwinError | undefined;
    while (!error && outcomes.length < payloads.length) {
      const rest = payloads.slice(outcomes.length);
      const { count, bytes } = log.prepare(rest);
      await makeRoom(bytes, nowMs);
      const first = log.stored + 1;
      const result = await this.#append(rest.slice(0, count), nowMs);
      for (let index = 0; index < result.stored; index++) outcomes.push({ ok: true, value: first + index });
      if (result.stored > 0) onStored(result.stored, nowMs);
      error = result.error;
    }
    while (error && outcomes.length < payloads.length) outcomes.push({ ok: false, error });
    return outcomes;
  }

  async #append(payloads: readonly Buffer[], timeMs: number): Promise<{ stored: number; error?: TwinError }> {
    try {
      return await this.#options.log.append(payloads, timeMs);
    } catch (thrown) {
      const error =
        thrown instanceof TwinError ? thrown : diskError('writing to the spool', this.#options.folder, thrown);
      return { stored: 0, error };
    }
  }
}

export const spoolClosedError = (): TwinError =>
  new TwinError('DELIVERY_CLOSED', 'the spool is closed', { retryable: true });
