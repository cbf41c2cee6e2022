import { join } from 'node:path';
import type { TwinError } from '../reading/twin-error';
import { diskError, errnoOf, readAt, syncFolder, writeAt, type SpoolFile, type SpoolFileSystem } from './spool-files';
import { decodeRecords, type EncodedRecords, type SpoolPlace } from './spool-record';
import { assertKnownVersion, encodeSegmentHeader, SEGMENT_HEADER_BYTES, segmentName } from './spool-segment-header';

/** Bytes looked at in one go when the last segment is searched for its end. */
const SCAN_BYTES = 2 ** 20;

/** What became of one write. */
export interface AppendResult {
  /** Records that are stored, from the first on. */
  readonly stored: number;
  /** Why the others are not. */
  readonly error?: TwinError;
  /** False when the file may hold anything beyond its confirmed size, so that nothing more may be appended. */
  readonly sound: boolean;
}

/** Whether the segment may be appended to, may only be read, or holds no sound record. */
export type Recovery = 'sound' | 'closed' | 'empty';

/** One file of the log: records numbered from `first` on, appended until it is full. */
export class SpoolSegment {
  readonly first: number;
  readonly path: string;
  readonly #fileSystem: SpoolFileSystem;
  /** Sequence of the last record that belongs here; `first - 1` while there is none. */
  last: number;
  /** Confirmed bytes: all below is written, nothing above counts. */
  size: number;
  #file: Promise<SpoolFile> | undefined;

  constructor(fileSystem: SpoolFileSystem, folder: string, first: number, last: number, size: number) {
    this.#fileSystem = fileSystem;
    this.first = first;
    this.last = last;
    this.size = size;
    this.path = join(folder, segmentName(first));
  }

  /** Makes the file; `durable` also makes its name survive a power cut. Leaves nothing behind when it fails. */
  static async create(
    fileSystem: SpoolFileSystem,
    folder: string,
    first: number,
    durable: boolean,
  ): Promise<SpoolSegment> {
    const segment = new SpoolSegment(fileSystem, folder, first, first - 1, SEGMENT_HEADER_BYTES);
    try {
      const { error } = await writeAt(await segment.#open('w+'), encodeSegmentHeader(first), 0);
      if (error !== undefined) throw error;
      if (durable) await syncFolder(fileSystem, folder);
      return segment;
    } catch (error) {
      await segment.remove().catch(() => undefined);
      throw diskError('beginning a new segment of the spool', segment.path, error);
    }
  }

  /** The place of the next record. */
  get end(): SpoolPlace {
    return { firstSequence: this.first, offset: this.size };
  }

  /**
   * Appends records at the end. What a full disk took only in part is cut off again. `durable` waits until the bytes
   * survive a power cut; when the disk then reports an error none of them counts, as the kernel may have given them up.
   */
  async append({ bytes, ends }: EncodedRecords, durable: boolean): Promise<AppendResult> {
    const file = await this.#open('r+');
    const { written, error } = await writeAt(file, bytes, this.size);
    const whole = error === undefined ? ends.length : ends.filter((end) => end <= written).length;
    const wholeBytes = ends[whole - 1] ?? 0;
    const sound = written === wholeBytes || (await cut(file, this.size + wholeBytes));
    if (durable && whole > 0) {
      try {
        await file.datasync();
      } catch (syncError) {
        await cut(file, this.size);
        return { stored: 0, sound: false, error: diskError('syncing the spool', this.path, syncError) };
      }
    }
    // Together and without a wait between, so that a reader never sees one without the other.
    this.size += wholeBytes;
    this.last += whole;
    if (error === undefined) return { stored: whole, sound };
    return { stored: whole, sound, error: diskError('writing to the spool', this.path, error) };
  }

  /** Bytes of the confirmed part. A file that is gone, or shorter than it was, gives fewer or none. */
  async read(offset: number, length: number): Promise<Buffer> {
    try {
      return await readAt(await this.#open('r+'), offset, Math.min(length, this.size - offset));
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return Buffer.alloc(0);
      throw diskError('reading the spool', this.path, error);
    }
  }

  /**
   * Finds the end of the last sound record of a file whose writer was killed, cuts off what stands behind it, and sets
   * `last` and `size` by it.
   *
   * @throws TwinError `DELIVERY_SPOOL_DISK`
   */
  async recover(): Promise<Recovery> {
    let end = 0;
    let wanted = SCAN_BYTES;
    for (let offset = SEGMENT_HEADER_BYTES; offset < this.size;) {
      const bytes = await this.read(offset, wanted);
      if (bytes.length === 0) break;
      const place = { firstSequence: this.first, offset };
      const cutShort = bytes.length < Math.min(wanted, this.size - offset);
      const fileEnd = cutShort ? offset + bytes.length : this.size;
      const { records, consumed, needed, soundEnd } = decodeRecords(bytes, place, fileEnd);
      const last = records.at(-1);
      if (last) {
        this.last = last.sequence;
        end = offset + soundEnd;
      }
      offset += consumed;
      wanted = Math.max(SCAN_BYTES, needed);
    }
    if (end === 0) return 'empty';
    const sound = end === this.size || (await cut(await this.#open('r+'), end));
    this.size = end;
    return sound ? 'sound' : 'closed';
  }

  /** @throws TwinError `DELIVERY_SPOOL_VERSION` when another release wrote this segment, `DELIVERY_SPOOL_DISK` */
  async assertVersion(): Promise<void> {
    assertKnownVersion(await this.read(0, SEGMENT_HEADER_BYTES), this.path);
  }

  /** Waits until all that was appended survives a power cut. */
  async sync(): Promise<void> {
    try {
      await (await this.#open('r+')).datasync();
    } catch (error) {
      throw diskError('syncing the spool', this.path, error);
    }
  }

  /** Closes the file; the next use opens it again. */
  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await (await file)?.close();
  }

  /** Closes and deletes the file. */
  async remove(): Promise<void> {
    await this.close();
    await this.#fileSystem.unlink(this.path);
  }

  async #open(flags: string): Promise<SpoolFile> {
    const opening = (this.#file ??= this.#fileSystem.open(this.path, flags));
    try {
      return await opening;
    } catch (error) {
      if (this.#file === opening) this.#file = undefined;
      throw error;
    }
  }
}

async function cut(file: SpoolFile, length: number): Promise<boolean> {
  try {
    await file.truncate(length);
    return true;
  } catch {
    return false;
  }
}
