import { EventEmitter } from 'node:events';
import { Backoff, type BackoffOptions } from '../delivery/backoff';
import type { ConnectionChange, ConnectionState } from '../delivery/connection-state';
import { NaturalBatcher, type BatchOutcome } from '../delivery/natural-batcher';
import { retryForever } from '../delivery/retry';
import { TwinError } from '../reading/twin-error';
import type { InfluxConnectionOptions } from './influx-options';
import { InfluxServer } from './influx-server';
import { encodePoint } from './line-protocol';
import type { Point } from './point';
import { storeLines, tooLarge, type FinalDecision } from './store-lines';
import { decide } from './write-decision';

export interface InfluxWriterOptions {
  /** Most lines in one request (default 5,000: beyond it a server hardly gains, and a refused batch costs more). */
  readonly maxLines?: number | undefined;
  /** Most bytes in one request (default 4,000,000); a longer line is refused. */
  readonly maxBytes?: number | undefined;
  /** Compress requests (default false: on a fast network it costs more than it saves). */
  readonly gzip?: boolean | undefined;
  /** Requests under way at once (default 1, which also keeps the order of two writes of the same point). */
  readonly concurrency?: number | undefined;
  /** Points waiting at most (default 100,000); beyond it `write` rejects with the retryable DELIVERY_QUEUE_FULL. */
  readonly maxQueued?: number | undefined;
  /** Waits between attempts (default 200 ms rising to 5 s). */
  readonly backoff?: BackoffOptions | undefined;
  /** Epoch milliseconds, for points without a time. */
  readonly now?: (() => number) | undefined;
}

/** So many time-outs of one request in a row, and it is halved: it may be too much for a slow server. */
const TIMEOUTS_BEFORE_SHRINK = 3;

/**
 * Writes points to one database: batched by nature, retried for as long as they may pass, a point that never will pass
 * refused alone. Emits `state` when the connection changes; `waiting` carries the reason.
 */
export class InfluxWriter extends EventEmitter<{ state: [ConnectionChange] }> {
  readonly #server: InfluxServer;
  readonly #batcher: NaturalBatcher<string, void>;
  readonly #stop = new AbortController();
  readonly #backoff: BackoffOptions;
  readonly #maxBytes: number;
  readonly #gzip: boolean;
  readonly #now: () => number;
  #state: ConnectionState | undefined;
  #errorCode: string | undefined;
  #retries = 0;
  #closing: Promise<void> | undefined;

  /** Throws TwinError INFLUX_OPTIONS. */
  constructor(connection: InfluxConnectionOptions, options: InfluxWriterOptions = {}) {
    super();
    this.#server = new InfluxServer(connection);
    this.#backoff = options.backoff ?? { minMs: 200, maxMs: 5_000 };
    this.#maxBytes = options.maxBytes ?? 4_000_000;
    this.#gzip = options.gzip ?? false;
    this.#now = options.now ?? Date.now;
    this.#batcher = new NaturalBatcher<string, void>((lines, signal) => this.#flush(lines, signal), {
      maxItems: options.maxLines ?? 5_000,
      maxBytes: this.#maxBytes,
      sizeOf: (line) => Buffer.byteLength(line) + 1,
      concurrency: options.concurrency ?? 1,
      ...(options.maxQueued !== undefined && { maxQueued: options.maxQueued }),
    });
  }

  /** Points that wait for a request. */
  get queued(): number {
    return this.#batcher.queued;
  }

  /** Points in requests under way. */
  get inFlight(): number {
    return this.#batcher.inFlight;
  }

  /** Requests that had to be sent again, since the start. */
  get retries(): number {
    return this.#retries;
  }

  /** Begins to look for the server, so that the state is known before the first point. Writing needs no start. */
  start(): void {
    if (this.#state !== undefined) return;
    this.#show('connecting');
    // Ends by success or by closing; neither is news for anybody here.
    this.#attempt([], this.#stop.signal).catch(() => undefined);
  }

  /**
   * Resolves when the server has confirmed all points. When some are refused the others are stored all the same.
   *
   * @throws TwinError of the first point that failed: those of `encodePoint` (then none was sent),
   *   INFLUX_POINT_REFUSED, INFLUX_POINT_TOO_LARGE, DELIVERY_CLOSED, DELIVERY_QUEUE_FULL
   */
  async write(points: readonly Point[]): Promise<void> {
    return this.writeLines(this.encode(points));
  }

  /**
   * Points as the lines that `writeLines` takes: with their times, so that writing them again changes nothing.
   *
   * @throws TwinError those of `encodePoint`, INFLUX_POINT_TOO_LARGE
   */
  encode(points: readonly Point[]): string[] {
    const nowMs = this.#now();
    return points.map((point) => this.#encode(point, nowMs));
  }

  /** As `write`, for points that are encoded already. */
  async writeLines(lines: readonly string[]): Promise<void> {
    const [only] = lines;
    if (lines.length === 1 && only !== undefined) return this.#batcher.add(only);
    for (const outcome of await Promise.allSettled(lines.map((line) => this.#batcher.add(line)))) {
      if (outcome.status === 'rejected') throw outcome.reason;
    }
  }

  /** Takes no more points, sends the rest for up to `drainMs`, then gives up what is left. Idempotent. */
  close(drainMs = 5_000): Promise<void> {
    this.#closing ??= this.#close(drainMs);
    return this.#closing;
  }

  #encode(point: Point, nowMs: number): string {
    const line = encodePoint(point, nowMs);
    // No character takes more than three bytes in UTF-8, so that most lines need no counting.
    if (line.length * 3 > this.#maxBytes && Buffer.byteLength(line) > this.#maxBytes) {
      throw tooLarge(line, `at most ${this.#maxBytes} bytes go into one request`);
    }
    return line;
  }

  async #close(drainMs: number): Promise<void> {
    await this.#batcher.close(drainMs);
    this.#stop.abort(new TwinError('DELIVERY_CLOSED', 'the writer was closed', { retryable: true }));
    this.#server.http.close();
    this.#show('stopped');
  }

  async #flush(lines: readonly string[], signal: AbortSignal): Promise<BatchOutcome<void>[]> {
    const errors = await storeLines(lines, (part) => this.#attempt(part, signal));
    return errors.map((error) => (error ? { ok: false, error } : { ok: true, value: undefined }));
  }

  /** Sends lines until the answer is final. No lines at all: asks whether they would be welcome, and stores nothing. */
  #attempt(lines: readonly string[], signal: AbortSignal): Promise<FinalDecision> {
    const text = lines.join('\n');
    let timeouts = 0;
    return retryForever(
      async (): Promise<FinalDecision> => {
        const dialect = await this.#server.dialect(signal);
        const answer = await this.#server.http.exchange(dialect.write(text), signal, this.#gzip);
        const decision = decide(answer, dialect.version);
        if (decision.kind === 'retry' || decision.kind === 'credentials' || decision.kind === 'destination') {
          timeouts = decision.error.code === 'INFLUX_TIMEOUT' ? timeouts + 1 : 0;
          if (timeouts < TIMEOUTS_BEFORE_SHRINK || lines.length < 2) throw decision.error;
          return { kind: 'shrink', reason: decision.error.message };
        }
        this.#show('connected');
        return decision;
      },
      {
        signal,
        backoff: new Backoff(this.#backoff),
        onRetry: (error) => {
          this.#retries++;
          if (error instanceof TwinError) this.#show('waiting', error);
        },
      },
    );
  }

  /** Emits what is new: another state, or another reason to wait. */
  #show(state: ConnectionState, error?: TwinError): void {
    if (this.#state === 'stopped' || (state === this.#state && error?.code === this.#errorCode)) return;
    this.#state = state;
    this.#errorCode = error?.code;
    this.emit('state', error ? { state, error } : { state });
  }
}
