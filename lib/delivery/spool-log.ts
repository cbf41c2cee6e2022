import type { TwinError } from '../reading/twin-error';
import { syncFolder, type SpoolFileSystem } from './spool-files';
import { encodeRecords, RECORD_HEADER_BYTES } from './spool-record';
import { SpoolSegment } from './spool-segment';
import { firstSequenceOf, SEGMENT_HEADER_BYTES } from './spool-segment-header';

/** Full segments that may wait for their sync: bounds open files, and what a power cut takes. */
const MAX_SEALING = 2;

export interface SpoolLogOptions {
  readonly fileSystem: SpoolFileSystem;
  readonly folder: string;
  readonly segmentBytes: number;
  /** Whether an append waits until it survives a power cut. */
  readonly durable: boolean;
}

/** The segments of a spool: appended at one end, taken away at the other. */
export class SpoolLog {
  readonly #options: SpoolLogOptions;
  readonly #segments: SpoolSegment[];
  /** The segment that is appended to; always the last one. */
  #active: SpoolSegment | undefined;
  /** Newest sequence known from elsewhere than the segments that are left. */
  #base = 0;
  #namesToSync = false;
  readonly #sealing = new Set<Promise<void>>();

  private constructor(options: SpoolLogOptions, segments: SpoolSegment[]) {
    this.#options = options;
    this.#segments = segments;
  }

  /**
   * Opens the log of a folder. Only the last segment is looked through: its writer may have been killed while writing.
   *
   * @throws TwinError `DELIVERY_SPOOL_VERSION`, `DELIVERY_SPOOL_DISK`
   */
  static async open(options: SpoolLogOptions): Promise<SpoolLog> {
    const segments = await listSegments(options);
    const log = new SpoolLog(options, segments);
    const last = segments.at(-1);
    if (!last) return log;
    await last.assertVersion();
    log.#base = last.first - 1;
    const recovery = await last.recover();
    if (recovery === 'sound') log.#active = last;
    if (recovery === 'empty') await log.#giveUp(last);
    return log;
  }

  /** Oldest first. */
  get segments(): readonly SpoolSegment[] {
    return this.#segments;
  }

  /** Sequence of the newest record, 0 before the first. */
  get stored(): number {
    return Math.max(this.#base, this.#segments.at(-1)?.last ?? 0);
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#segments.reduce((sum, { size }) => sum + size, 0);
  }

  /** Sequences up to here were given once, even when the log no longer shows it. */
  raise(stored: number): void {
    this.#base = Math.max(this.#base, stored);
    if (this.#active) this.#active.last = Math.max(this.#active.last, stored);
  }

  /**
   * Makes ready for an append, sealing a segment that is full. Answers how many of the payloads it can take, at least
   * one, and the bytes that it will add to the disk.
   */
  prepare(payloads: readonly Buffer[]): { count: number; bytes: number } {
    const { segmentBytes } = this.#options;
    const [first] = payloads;
    const firstBytes = RECORD_HEADER_BYTES + (first?.length ?? 0);
    const begins = !this.#active || this.#active.size + firstBytes > segmentBytes;
    const from = begins ? SEGMENT_HEADER_BYTES : (this.#active?.size ?? 0);
    let bytes = 0;
    let count = 0;
    for (const { length } of payloads) {
      if (count > 0 && from + bytes + RECORD_HEADER_BYTES + length > segmentBytes) break;
      bytes += RECORD_HEADER_BYTES + length;
      count++;
    }
    if (begins) this.seal();
    return { count, bytes: begins ? bytes + SEGMENT_HEADER_BYTES : bytes };
  }

  /** Appends what `prepare` answered; answers how many are stored, and why not all. */
  async append(payloads: readonly Buffer[], timeMs: number): Promise<{ stored: number; error?: TwinError }> {
    const segment = (this.#active ??= await this.#begin());
    const records = encodeRecords(payloads, this.stored + 1, timeMs, segment.end);
    const result = await segment.append(records, this.#options.durable);
    if (!result.sound) {
      this.#active = undefined;
      // Its successor gets the same name when it holds nothing.
      if (segment.last < segment.first) await this.#giveUp(segment);
    }
    return result;
  }

  /** Appends no more to the last segment. It is synced and closed in the background. */
  seal(): void {
    const segment = this.#active;
    if (!segment) return;
    this.#active = undefined;
    const sealing = (this.#options.durable ? Promise.resolve() : segment.sync())
      .then(() => segment.close())
      .catch(() => undefined)
      .finally(() => this.#sealing.delete(sealing));
    this.#sealing.add(sealing);
  }

  /** Seals the last segment when it holds more than `bytes`. */
  sealAbove(bytes: number): void {
    if (this.#active && this.#active.size > bytes) this.seal();
  }

  /** Takes the oldest segment out of the log, unless it is the one appended to. The caller deletes it. */
  takeOldest(): SpoolSegment | undefined {
    const [oldest] = this.#segments;
    if (!oldest || oldest === this.#active) return undefined;
    this.#base = Math.max(this.#base, oldest.last);
    return this.#segments.shift();
  }

  /** Takes out the segments whose records are all done. */
  takeDone(acknowledged: number): SpoolSegment[] {
    const done: SpoolSegment[] = [];
    while ((this.#segments[0]?.last ?? Infinity) <= acknowledged) {
      const segment = this.takeOldest();
      if (!segment) break;
      done.push(segment);
    }
    return done;
  }

  /** Resolves when all that was appended survives a power cut. */
  async sync(): Promise<void> {
    try {
      await this.#active?.sync();
    } catch (error) {
      // The kernel may have given up what it could not write, and a later sync of this file would not tell.
      this.seal();
      throw error;
    }
    await Promise.all(this.#sealing);
    if (!this.#namesToSync) return;
    // Before, as another may be made meanwhile.
    this.#namesToSync = false;
    await syncFolder(this.#options.fileSystem, this.#options.folder).catch((error: unknown) => {
      this.#namesToSync = true;
      throw error;
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#sealing);
    await Promise.all(this.#segments.map((segment) => segment.close()));
  }

  async #begin(): Promise<SpoolSegment> {
    const { fileSystem, folder, durable } = this.#options;
    // A disk that syncs more slowly than it is filled holds the writer back.
    while (this.#sealing.size >= MAX_SEALING) await Promise.race(this.#sealing);
    const segment = await SpoolSegment.create(fileSystem, folder, this.stored + 1, durable);
    this.#namesToSync = !durable;
    this.#segments.push(segment);
    return segment;
  }

  /** Takes out a segment that holds no record. */
  async #giveUp(segment: SpoolSegment): Promise<void> {
    this.#segments.splice(this.#segments.indexOf(segment), 1);
    await segment.remove().catch(() => undefined);
  }
}

/** By their names, which tell the sequences that each holds. */
async function listSegments({ fileSystem, folder }: SpoolLogOptions): Promise<SpoolSegment[]> {
  const firsts = (await fileSystem.readdir(folder))
    .map(firstSequenceOf)
    .filter((first) => first !== undefined)
    .sort((a, b) => a - b);
  return Promise.all(
    firsts.map(async (first, index) => {
      const last = (firsts[index + 1] ?? first) - 1;
      const segment = new SpoolSegment(fileSystem, folder, first, last, 0);
      segment.size = (await fileSystem.stat(segment.path)).size;
      return segment;
    }),
  );
}
