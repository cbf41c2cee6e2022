import { messageOf, TwinError } from '../reading/twin-error';

/** What the spool asks of an open file: a part of `FileHandle` of `node:fs/promises`. */
export interface SpoolFile {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  write(buffer: Buffer, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  truncate(length: number): Promise<void>;
  datasync(): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What the spool asks of the file system: a part of `node:fs/promises`, which is the default. */
export interface SpoolFileSystem {
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
  readdir(path: string): Promise<string[]>;
  stat(path: string): Promise<{ size: number; mtimeMs: number }>;
  open(path: string, flags: string): Promise<SpoolFile>;
  readFile(path: string, encoding: 'utf8'): Promise<string>;
  writeFile(path: string, text: string): Promise<void>;
  utimes(path: string, accessed: Date, modified: Date): Promise<void>;
  unlink(path: string): Promise<void>;
}

/** Unreadable places cost this much around them: the page, which is what the kernel reads and caches. */
const PAGE_BYTES = 4096;

/** The system's code of a failed call (`ENOSPC`, `EIO` …), or an empty string. */
export function errnoOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}

/** The one error of a disk that does not do its part; retryable, as space may be freed and a disk come back. */
export function diskError(what: string, path: string, cause: unknown): TwinError {
  const errno = errnoOf(cause);
  const advice =
    errno === 'ENOSPC' || errno === 'EDQUOT'
      ? 'free space on this disk, or let the spool use less'
      : errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS'
        ? 'give this process the right to write there'
        : 'check the disk';
  return new TwinError('DELIVERY_SPOOL_DISK', `${what} failed at ${path}: ${messageOf(cause)}; ${advice}`, {
    retryable: true,
    cause,
    facts: { path, errno },
  });
}

/** Writes all bytes at a position; says how many arrived, as a full disk takes a part. */
export async function writeAt(
  file: SpoolFile,
  bytes: Buffer,
  position: number,
): Promise<{ written: number; error?: Error }> {
  let written = 0;
  try {
    while (written < bytes.length) {
      const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
      if (bytesWritten === 0) throw new Error('the disk took no more bytes');
      written += bytesWritten;
    }
    return { written };
  } catch (thrown) {
    return { written, error: thrown instanceof Error ? thrown : new Error(messageOf(thrown)) };
  }
}

/** Reads bytes at a position; fewer at the end of the file. Pages that cannot be read come as zeros. */
export async function readAt(file: SpoolFile, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  let byPage = false;
  while (filled < length) {
    const toPageEnd = PAGE_BYTES - ((position + filled) % PAGE_BYTES);
    const wanted = Math.min(length - filled, byPage ? toPageEnd : Infinity);
    try {
      const { bytesRead } = await file.read(bytes, filled, wanted, position + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    } catch (error) {
      if (errnoOf(error) !== 'EIO') throw error;
      if (byPage) filled += wanted;
      byPage = true;
    }
  }
  return bytes.subarray(0, filled);
}

/** Makes the names of new files survive a power cut. Windows knows no such call, and needs none. */
export async function syncFolder(fileSystem: SpoolFileSystem, folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fileSystem.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
