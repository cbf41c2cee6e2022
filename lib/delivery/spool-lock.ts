import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { TwinError } from '../reading/twin-error';
import { sleep } from './abortable-sleep';
import { diskError, errnoOf, type SpoolFileSystem } from './spool-files';
import { judge, ownIdentity, type LockIdentity } from './spool-lock-holder';

const NAME = /^lock\.(\d{1,15})$/;
const RELEASED = 'released';

export interface SpoolLockOptions {
  /** The holder touches its file this often (default 5 s), so that others can see it live. */
  readonly beatMs?: number;
  /**
   * A holder that cannot be asked (another container, another machine) and shows no life for so long is dead (12 s).
   */
  readonly watchMs?: number;
  /** Ends the watching: `acquire` then rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told when somebody else took the lock, as this process had stood still for too long. */
  readonly onLost?: () => void;
}

/**
 * Keeps two owners from one folder. The files `lock.1`, `lock.2` … are generations: the highest one is the lock. It is
 * taken by making the next one, which the file system grants to one process only, and let go by marking it, never by
 * deleting it: so two that find the same dead lock cannot both take it over, nor one delete the other's new lock.
 */
export class SpoolLock {
  readonly #fileSystem: SpoolFileSystem;
  readonly #folder: string;
  readonly #generation: number;
  readonly #beat: NodeJS.Timeout;
  #held = true;

  private constructor(fileSystem: SpoolFileSystem, folder: string, generation: number, options: SpoolLockOptions) {
    this.#fileSystem = fileSystem;
    this.#folder = folder;
    this.#generation = generation;
    this.#beat = setInterval(() => void this.#touch(options.onLost), options.beatMs ?? 5_000).unref();
  }

  /**
   * Takes the lock of a folder, over from a dead holder if need be.
   *
   * @throws TwinError `DELIVERY_SPOOL_LOCKED` (retryable) while another owner lives; `DELIVERY_SPOOL_DISK`
   */
  static async acquire(
    fileSystem: SpoolFileSystem,
    folder: string,
    options: SpoolLockOptions = {},
  ): Promise<SpoolLock> {
    const identity = await ownIdentity(randomUUID());
    try {
      for (;;) {
        const top = Math.max(0, ...(await generationsIn(fileSystem, folder)));
        if (top > 0) await assertFree(fileSystem, folder, top, options);
        if (await take(fileSystem, folder, top + 1, identity)) {
          return new SpoolLock(fileSystem, folder, top + 1, options);
        }
      }
    } catch (error) {
      throw error instanceof TwinError ? error : diskError('locking the spool', folder, error);
    }
  }

  /** False once it was let go or taken over. */
  get held(): boolean {
    return this.#held;
  }

  /** Lets go. Idempotent. */
  async release(): Promise<void> {
    clearInterval(this.#beat);
    if (!this.#held) return;
    this.#held = false;
    const path = pathOf(this.#folder, this.#generation);
    try {
      await this.#fileSystem.writeFile(path, RELEASED);
    } catch {
      // A full disk still takes a time: the earliest one says the same.
      await this.#fileSystem.utimes(path, new Date(0), new Date(0));
    }
  }

  async #touch(onLost: (() => void) | undefined): Promise<void> {
    try {
      const now = new Date();
      await this.#fileSystem.utimes(pathOf(this.#folder, this.#generation), now, now);
      const generations = await generationsIn(this.#fileSystem, this.#folder);
      if (!this.#held || generations.every((generation) => generation <= this.#generation)) return;
    } catch (error) {
      // A disk that cannot be asked says nothing about the lock; a lock that is gone was taken and moved on.
      if (!this.#held || errnoOf(error) !== 'ENOENT') return;
    }
    this.#held = false;
    clearInterval(this.#beat);
    onLost?.();
  }
}

const pathOf = (folder: string, generation: number): string => join(folder, `lock.${generation}`);

async function generationsIn(fileSystem: SpoolFileSystem, folder: string): Promise<number[]> {
  return (await fileSystem.readdir(folder)).flatMap((name) => {
    const digits = NAME.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
}

/** Returns when the holder has let go or is dead. */
async function assertFree(
  fileSystem: SpoolFileSystem,
  folder: string,
  generation: number,
  { watchMs = 12_000, signal }: SpoolLockOptions,
): Promise<void> {
  const path = pathOf(folder, generation);
  const look = async () => ({
    text: await fileSystem.readFile(path, 'utf8'),
    touchedMs: (await fileSystem.stat(path)).mtimeMs,
  });
  try {
    const first = await look();
    const endMs = performance.now() + watchMs;
    for (let seen = first; ; seen = await look()) {
      if (seen.text === RELEASED || seen.touchedMs === 0) return;
      const verdict = await judge(seen.text);
      if (verdict === 'dead') return;
      if (verdict === 'alive' || seen.touchedMs !== first.touchedMs) throw lockedError(folder, seen.text);
      if (performance.now() >= endMs) return;
      await sleep(Math.min(100, watchMs), signal);
    }
  } catch (error) {
    // Deleted meanwhile: somebody has a newer one, which the caller will find.
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}

/** Makes the file of a generation; false when another process was first. */
async function take(
  fileSystem: SpoolFileSystem,
  folder: string,
  generation: number,
  identity: LockIdentity,
): Promise<boolean> {
  const path = pathOf(folder, generation);
  try {
    await (await fileSystem.open(path, 'wx')).close();
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
  // On a full disk the file stays empty: others then judge it by its beat.
  await fileSystem.writeFile(path, JSON.stringify(identity)).catch(() => undefined);
  const generations = await generationsIn(fileSystem, folder);
  const isTop = generations.every((other) => other <= generation);
  for (const other of isTop ? generations.filter((other) => other < generation) : [generation]) {
    await fileSystem.unlink(pathOf(folder, other)).catch(() => undefined);
  }
  return isTop;
}

function lockedError(folder: string, holder: string): TwinError {
  const pid = /"pid":(\d+)/.exec(holder)?.[1];
  return new TwinError(
    'DELIVERY_SPOOL_LOCKED',
    `the spool ${folder} is in use by ${pid === undefined ? 'another process' : `process ${pid}`}: ` +
      'give each sink a folder of its own',
    { retryable: true, facts: { path: folder, ...(pid !== undefined && { pid: Number(pid) }) } },
  );
}
