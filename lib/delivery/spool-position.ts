import { join } from 'node:path';
import { crc32 } from './checksum';
import { diskError, errnoOf, readAt, writeAt, type SpoolFile, type SpoolFileSystem } from './spool-files';

/** Up to where the spool is done, and up to where it was filled: sequences, inclusive. */
export interface SpoolPosition {
  /** Everything up to here was acknowledged, or counted as dropped. */
  readonly acknowledged: number;
  /** Everything up to here was stored once, so that a log which ends sooner has lost records. */
  readonly stored: number;
}

/*
 * Two slots, written in turn, each in a disk sector of its own, so that a torn write leaves the other. A write of 26
 * bytes within one page is never cut by the death of the process. Integers big-endian:
 *
 *    0  4  "TWPO"
 *    4  6  generation; the slot with the higher one counts
 *   10  6  acknowledged
 *   16  6  stored
 *   22  4  CRC-32 of bytes 0 to 21
 */
const SLOT_BYTES = 26;
const SLOT_DISTANCE = 512;
const MAGIC = Buffer.from('TWPO', 'latin1');

/**
 * The cursor of a spool, in a file beside its log. Writes are joined: while one is under way, the latest value waits.
 */
export class SpoolPositionFile {
  readonly #file: SpoolFile;
  readonly #path: string;
  #position: SpoolPosition;
  #generation: number;
  #writtenGeneration: number;
  #writing: Promise<void> | undefined;

  private constructor(file: SpoolFile, path: string, position: SpoolPosition, generation: number) {
    this.#file = file;
    this.#path = path;
    this.#position = position;
    this.#generation = generation;
    this.#writtenGeneration = generation;
  }

  /**
   * Opens or makes the file. When it tells nothing (new, lost, damaged) it begins with what `fallback` says: at worst
   * records are sent again.
   */
  static async open(
    fileSystem: SpoolFileSystem,
    folder: string,
    fallback: () => SpoolPosition,
  ): Promise<SpoolPositionFile> {
    const path = join(folder, 'position');
    let file: SpoolFile | undefined;
    try {
      file = await openOrCreate(fileSystem, path);
      const bytes = await readAt(file, 0, SLOT_DISTANCE + SLOT_BYTES);
      const known = [decodeSlot(bytes, 0), decodeSlot(bytes, SLOT_DISTANCE)].filter((slot) => slot !== undefined);
      const newest = known.sort((a, b) => b.generation - a.generation)[0];
      if (newest) return new SpoolPositionFile(file, path, newest, newest.generation);
      const opened = new SpoolPositionFile(file, path, fallback(), 0);
      // Both slots now, so that no later write needs new space on a full disk.
      for (let slot = 0; slot < 2; slot++) {
        opened.#generation++;
        await opened.persist();
      }
      return opened;
    } catch (error) {
      await file?.close().catch(() => undefined);
      throw diskError('opening the position of the spool', path, error);
    }
  }

  get position(): SpoolPosition {
    return this.#position;
  }

  /** Sets the position in memory; `persist` brings it to the file. Answers whether it is news. */
  set({ acknowledged, stored }: SpoolPosition): boolean {
    if (acknowledged === this.#position.acknowledged && stored === this.#position.stored) return false;
    this.#position = { acknowledged, stored };
    this.#generation++;
    return true;
  }

  /** Resolves when the position of now survives the death of the process. */
  async persist(): Promise<void> {
    const wanted = this.#generation;
    while (this.#writtenGeneration < wanted) await (this.#writing ??= this.#write());
  }

  /** Resolves when the position of now survives a power cut, even if the slot that was written last gets damaged. */
  async secure(): Promise<void> {
    await this.persist();
    this.#generation++;
    await this.sync();
  }

  /** Resolves when the position of now survives a power cut. */
  async sync(): Promise<void> {
    await this.persist();
    try {
      await this.#file.datasync();
    } catch (error) {
      throw diskError('syncing the position of the spool', this.#path, error);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #write(): Promise<void> {
    const generation = this.#generation;
    const slot = encodeSlot(this.#position, generation);
    try {
      const { error } = await writeAt(this.#file, slot, (generation % 2) * SLOT_DISTANCE);
      if (error !== undefined) throw diskError('writing the position of the spool', this.#path, error);
      this.#writtenGeneration = generation;
    } finally {
      this.#writing = undefined;
    }
  }
}

/** Never by a flag that empties the file. */
async function openOrCreate(fileSystem: SpoolFileSystem, path: string): Promise<SpoolFile> {
  try {
    return await fileSystem.open(path, 'r+');
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
    return fileSystem.open(path, 'wx+');
  }
}

function encodeSlot({ acknowledged, stored }: SpoolPosition, generation: number): Buffer {
  const slot = Buffer.alloc(SLOT_BYTES);
  MAGIC.copy(slot);
  slot.writeUIntBE(generation, 4, 6);
  slot.writeUIntBE(acknowledged, 10, 6);
  slot.writeUIntBE(stored, 16, 6);
  slot.writeUInt32BE(crc32(slot, 0, 0, 22), 22);
  return slot;
}

function decodeSlot(bytes: Buffer, at: number): (SpoolPosition & { generation: number }) | undefined {
  if (bytes.length < at + SLOT_BYTES || !bytes.subarray(at, at + 4).equals(MAGIC)) return undefined;
  if (crc32(bytes, 0, at, at + 22) !== bytes.readUInt32BE(at + 22)) return undefined;
  const [generation, acknowledged, stored] = [4, 10, 16].map((field) => bytes.readUIntBE(at + field, 6)) as [
    ...[number, number, number],
  ];
  return { generation, acknowledged, stored };
}
