import { EventEmitter } from 'node:events';
import { TwinError } from '../reading/twin-error';
import type { DropReason, LostRecords, SpoolEvents } from './spool-events';
import { diskError } from './spool-files';
import { openSpoolFiles, type SpoolFiles } from './spool-folder';
import { resolveSpoolOptions, type ResolvedSpoolOptions, type SpoolOptions } from './spool-options';
import { SpoolReader } from './spool-reader';
import type { SpoolRecord } from './spool-record';
import type { SpoolSegment } from './spool-segment';
import { SpoolUpkeep } from './spool-upkeep';
import { spoolClosedError, SpoolWriter } from './spool-writer';
import { withinTime } from './within-time';

/** A log whose records are all done is kept up to this size, so that a short backlog does not cost a file each time. */
const KEEP_BYTES = 64 * 1024;
const DRAIN_MS = 2_000;
const CLOSE_MS = 5_000;

/**
 * Messages that wait on disk: an append-only log with a cursor, for one sink. In order; bounded by bytes and age, the
 * oldest goes first; every record is checked when it is read, and damage costs exactly the damaged records.
 *
 * What survives, from the moment that its promise resolves:
 *
 * |               | kill -9 | power cut, `process`                         | power cut, `power`                       |
 * | ------------- | ------- | -------------------------------------------- | ---------------------------------------- |
 * | `append`      | yes     | but for the last `syncEveryMs` and one sync  | yes, if the disk keeps what it has synced |
 * | `acknowledge` | yes     | those of the last `syncEveryMs` come again   | the same                                 |
 *
 * Every stored record ends as exactly one of: acknowledged, counted as dropped, waiting. One exception: of what was
 * stored in the last 50 ms before a kill and is then also cut off the file, it is not known that it was there.
 */
export class Spool extends EventEmitter<SpoolEvents> {
  readonly #options: ResolvedSpoolOptions;
  readonly #files: SpoolFiles;
  readonly #reader: SpoolReader;
  readonly #writer: SpoolWriter;
  readonly #upkeep: SpoolUpkeep;
  readonly #dropped: Record<DropReason, number> = { full: 0, age: 0, damaged: 0 };
  /** Everything up to here was dropped for want of space; the reader may still have a part in memory. */
  #floor = 0;
  #turn: Promise<unknown> = Promise.resolve();
  #ended: TwinError | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: ResolvedSpoolOptions, files: SpoolFiles) {
    super();
    this.#options = options;
    this.#files = files;
    const { log, position } = files;
    this.#reader = new SpoolReader({
      segments: log.segments,
      acknowledged: position.position.acknowledged,
      stored: () => log.stored,
      onDamaged: (lost) => this.#lose(lost, 'damaged'),
    });
    this.#upkeep = new SpoolUpkeep({
      files,
      syncEveryMs: options.syncEveryMs,
      acknowledged: () => Math.max(this.#reader.acknowledged, this.#floor),
      onFault: (error) => this.#fault(error),
    });
    this.#writer = new SpoolWriter({
      ...options,
      log,
      makeRoom: (bytes, nowMs) => this.#makeRoom(bytes, nowMs),
      onStored: (count, timeMs) => {
        this.#reader.noteStored(count, timeMs);
        this.#upkeep.noteStored();
        this.emit('stored');
      },
    });
  }

  /**
   * Opens the spool of a folder, with what an earlier process left there.
   *
   * @throws TwinError `DELIVERY_SPOOL_OPTIONS`, `DELIVERY_SPOOL_VERSION`; retryable: `DELIVERY_SPOOL_LOCKED` (another
   *   process, or another sink of this one, has it open), `DELIVERY_SPOOL_DISK`
   */
  static async open(options: SpoolOptions): Promise<Spool> {
    const resolved = resolveSpoolOptions(options);
    let onLockLost = () => {};
    const files = await openSpoolFiles(resolved, () => onLockLost());
    const spool = new Spool(resolved, files);
    onLockLost = () => spool.#loseLock();
    await spool.#inTurn(() => spool.#removeDone());
    return spool;
  }

  /** Records that wait: neither acknowledged nor dropped. Includes damaged ones that reading has not yet met. */
  get length(): number {
    return this.#reader.length;
  }

  /** Bytes of the log on disk. */
  get bytes(): number {
    return this.#files.log.bytes;
  }

  /**
   * When the oldest waiting record was appended, epoch milliseconds; undefined when none waits or none was read yet.
   */
  get oldestMs(): number | undefined {
    return this.#reader.oldestMs;
  }

  /** Stored records lost since this spool was opened. */
  get dropped(): Readonly<Record<DropReason, number>> {
    return { ...this.#dropped };
  }

  /**
   * Appends a payload; resolves with its sequence once it is as durable as asked for. The bytes must not be changed
   * until then. Appends are stored in the order of the calls.
   *
   * @throws TwinError `DELIVERY_SPOOL_TOO_LARGE`; retryable: `DELIVERY_SPOOL_DISK` (full, or failing),
   *   `DELIVERY_QUEUE_FULL` (the disk is too slow), `DELIVERY_CLOSED`, `DELIVERY_SPOOL_LOCKED`
   */
  async append(payload: Buffer): Promise<number> {
    this.#assertOpen();
    return this.#writer.append(payload);
  }

  /**
   * The oldest records that wait, in order: up to `maxRecords`, and up to `maxBytes` of payloads but at least one. They
   * stay until acknowledged; reading again gives the same ones, and tells that those read before are no longer under
   * way. The payloads share memory with their neighbours: copy what is to be kept for long.
   *
   * @throws TwinError retryable: `DELIVERY_SPOOL_DISK`, `DELIVERY_CLOSED`, `DELIVERY_SPOOL_LOCKED`
   */
  read(maxRecords: number, maxBytes = Infinity): Promise<SpoolRecord[]> {
    return this.#inTurn(async () => {
      this.#assertOpen();
      this.#reader.endLease();
      await this.#expire();
      const records = await this.#reader.read(maxRecords, maxBytes);
      // Passing over damaged records is progress too.
      if (this.#upkeep.savePosition()) await this.#removeDone();
      return records;
    });
  }

  /**
   * Marks all records up to a sequence as delivered. At once in memory; resolves when it survives the death of the
   * process.
   *
   * @throws TwinError `DELIVERY_SPOOL_ORDER` for a sequence that was not read; retryable: `DELIVERY_SPOOL_DISK`,
   *   `DELIVERY_CLOSED`, `DELIVERY_SPOOL_LOCKED`
   */
  async acknowledge(upToSequence: number): Promise<void> {
    this.#assertOpen();
    if (!(upToSequence <= this.#reader.given)) {
      throw new TwinError(
        'DELIVERY_SPOOL_ORDER',
        `sequence ${upToSequence} was acknowledged, but records were read only up to ${this.#reader.given}`,
      );
    }
    this.#reader.acknowledge(upToSequence);
    this.#upkeep.savePosition();
    void this.#inTurn(() => this.#removeDone());
    await this.#files.position.persist();
  }

  /**
   * Stores what was appended, syncs, closes the files and lets go of the folder. Takes at most 5 s, even when the disk
   * hangs. Idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= withinTime(this.#finish(), CLOSE_MS);
    return this.#closing;
  }

  async #finish(): Promise<void> {
    await this.#writer.close(DRAIN_MS);
    this.#ended ??= spoolClosedError();
    this.#upkeep.stop();
    const { log, position, lock } = this.#files;
    const steps = [
      async () => {
        if (this.length === 0) log.seal();
        await this.#removeDone();
        this.#upkeep.savePosition();
        await position.persist();
        if (this.#options.syncEveryMs > 0) await this.#upkeep.sync();
      },
      () => log.close(),
      () => position.close(),
      () => lock.release(),
    ];
    // Whoever lost the lock has no more to say in this folder.
    for (const step of lock.held ? steps : steps.slice(1)) {
      await this.#inTurn(step).catch((error: unknown) => this.#fault(error));
    }
  }

  /** Drops what is too old, then the oldest segments until `bytes` more are allowed. */
  async #makeRoom(bytes: number, nowMs: number): Promise<void> {
    const { maxAgeMs, maxBytes } = this.#options;
    const oldestMs = this.oldestMs ?? (this.length > 0 ? 0 : nowMs);
    if (nowMs - oldestMs > maxAgeMs) {
      await this.#inTurn(() => this.#expire()).catch((error: unknown) => this.#fault(error));
    }
    while (this.bytes + bytes > maxBytes && (await this.#inTurn(() => this.#dropOldest())));
  }

  async #expire(): Promise<void> {
    const { maxAgeMs, now } = this.#options;
    if (maxAgeMs === Infinity) return;
    this.#lose(await this.#reader.expire(now() - maxAgeMs), 'age');
    if (this.#upkeep.savePosition()) await this.#removeDone();
  }

  async #dropOldest(): Promise<boolean> {
    const segment = this.#files.log.takeOldest();
    if (!segment) return false;
    this.#floor = segment.last;
    this.#lose(this.#reader.drop(segment.last), 'full');
    await this.#remove([segment]);
    return true;
  }

  async #removeDone(): Promise<void> {
    const { log } = this.#files;
    // Not while a write is under way, which may be into this very segment.
    if (this.length === 0 && !this.#writer.busy) log.sealAbove(KEEP_BYTES);
    await this.#remove(log.takeDone(this.#reader.acknowledged));
  }

  async #remove(segments: readonly SpoolSegment[]): Promise<void> {
    if (segments.length === 0) return;
    // First that they are done, then that they are gone: else a power cut would make them missed, and counted.
    this.#upkeep.savePosition();
    await this.#files.position.secure().catch((error: unknown) => this.#fault(error));
    for (const segment of segments) {
      await segment
        .remove()
        .catch((error: unknown) => this.#fault(diskError('deleting a part of the spool', segment.path, error)));
    }
  }

  #loseLock(): void {
    this.#ended = new TwinError(
      'DELIVERY_SPOOL_LOCKED',
      `the spool ${this.#options.folder} was taken over by another process while this one stood still`,
      { retryable: true, facts: { path: this.#options.folder } },
    );
    this.#upkeep.stop();
    this.#fault(this.#ended);
  }

  #lose(lost: LostRecords, reason: DropReason): void {
    if (lost.count === 0) return;
    this.#dropped[reason] += lost.count;
    this.emit('dropped', { ...lost, reason });
  }

  #fault(thrown: unknown): void {
    this.emit(
      'fault',
      thrown instanceof TwinError ? thrown : diskError('using the spool', this.#options.folder, thrown),
    );
  }

  #assertOpen(): void {
    if (this.#ended) throw this.#ended;
  }

  /** One at a time: what moves the reader or takes segments away. */
  #inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
