import { TwinError } from '../reading/twin-error';
import { diskError, syncFolder } from './spool-files';
import { SpoolLock } from './spool-lock';
import { SpoolLog } from './spool-log';
import type { ResolvedSpoolOptions } from './spool-options';
import { SpoolPositionFile } from './spool-position';

/** What the folder of a spool holds. */
export interface SpoolFiles {
  readonly lock: SpoolLock;
  readonly log: SpoolLog;
  readonly position: SpoolPositionFile;
}

/** Opens the files of a spool, the lock first; `onLockLost` is told when another process took the lock over. */
export async function openSpoolFiles(options: ResolvedSpoolOptions, onLockLost: () => void): Promise<SpoolFiles> {
  const { folder, fileSystem, segmentBytes } = options;
  const durable = options.durability === 'power';
  let lock: SpoolLock | undefined;
  try {
    await fileSystem.mkdir(folder, { recursive: true });
    lock = await SpoolLock.acquire(fileSystem, folder, { ...options.lock, onLost: onLockLost });
    const log = await SpoolLog.open({ fileSystem, folder, segmentBytes, durable });
    const position = await SpoolPositionFile.open(fileSystem, folder, () => ({
      acknowledged: (log.segments[0]?.first ?? log.stored + 1) - 1,
      stored: log.stored,
    }));
    // A log that ends sooner than the position says has lost records; their sequences are not given again.
    log.raise(Math.max(position.position.stored, position.position.acknowledged));
    if (durable) await syncFolder(fileSystem, folder);
    return { lock, log, position };
  } catch (error) {
    await lock?.release().catch(() => undefined);
    throw error instanceof TwinError ? error : diskError('opening the spool', folder, error);
  }
}
