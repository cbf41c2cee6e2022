import { promises } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { SpoolFileSystem } from '../../../lib/delivery/spool-files';

/** The calls that can be made to fail, by the names that the spool calls them by. */
type Call = 'open' | 'unlink' | 'read' | 'write' | 'truncate' | 'datasync' | 'utimes';

/** A system error as Node.js gives it. */
export const systemError = (code: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: injected`), { code });

/** Says what a call does instead: an error to fail with, a promise to wait for, or nothing to let it through. */
export type Fault = (call: Call, file: string, position: number, length: number) => Error | Promise<void> | undefined;

/** The real file system, of which single calls fail: what a dying disk does, and no test can order from a sound one. */
export function faultyDisk(fault: Fault): SpoolFileSystem {
  const meet = async (call: Call, path: string, position = 0, length = 0) => {
    const met = fault(call, basename(path), position, length);
    if (met instanceof Error) throw met;
    await met;
  };
  const wrap = (handle: FileHandle, path: string) => ({
    read: async (buffer: Buffer, offset: number, length: number, position: number) => {
      await meet('read', path, position, length);
      return handle.read(buffer, offset, length, position);
    },
    write: async (buffer: Buffer, offset: number, length: number, position: number) => {
      await meet('write', path, position, length);
      return handle.write(buffer, offset, length, position);
    },
    truncate: async (length: number) => {
      await meet('truncate', path);
      return handle.truncate(length);
    },
    datasync: async () => {
      await meet('datasync', path);
      return handle.datasync();
    },
    sync: () => handle.sync(),
    close: () => handle.close(),
  });
  return {
    ...promises,
    open: async (path, flags) => {
      await meet('open', path);
      return wrap(await promises.open(path, flags), path);
    },
    unlink: async (path) => {
      await meet('unlink', path);
      return promises.unlink(path);
    },
    utimes: async (path, accessed, modified) => {
      await meet('utimes', path);
      return promises.utimes(path, accessed, modified);
    },
  };
}
