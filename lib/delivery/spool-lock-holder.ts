import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { errnoOf } from './spool-files';

/** Who holds a lock, in terms that stay unambiguous when process numbers come again. */
export interface LockIdentity {
  readonly pid: number;
  /** Start of the process in ticks since boot (Linux). */
  readonly started?: string;
  /** Identity of the running kernel, new with each boot (Linux). */
  readonly boot?: string;
  /** Where the process number means something: the container (Linux). */
  readonly pidNamespace?: string;
  readonly host: string;
  /** Makes each lock differ from every other. */
  readonly token: string;
}

/** `unknown` when the holder cannot be asked from here: another machine, another container, unreadable text. */
export type LockVerdict = 'alive' | 'dead' | 'unknown';

export async function ownIdentity(token: string): Promise<LockIdentity> {
  return { pid: process.pid, ...(await surroundings()), ...(await startOf(process.pid)), host: hostname(), token };
}

/** Whether the process that wrote a lock still lives. */
export async function judge(text: string): Promise<LockVerdict> {
  const holder = parse(text);
  if (!holder) return 'unknown';
  const here = await surroundings();
  // The same machine, started anew: nothing of that time lives.
  if (holder.host === hostname() && holder.boot !== here.boot) return 'dead';
  if (holder.boot !== here.boot || holder.pidNamespace !== here.pidNamespace) return 'unknown';
  if (holder.boot === undefined && holder.host !== hostname()) return 'unknown';
  if (!exists(holder.pid)) return 'dead';
  const { started } = await startOf(holder.pid);
  return started === holder.started ? 'alive' : 'dead';
}

function parse(text: string): LockIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('host' in value)) return undefined;
    return typeof value.pid === 'number' && value.pid > 0 ? (value as LockIdentity) : undefined;
  } catch {
    return undefined;
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

async function surroundings(): Promise<Pick<LockIdentity, 'boot' | 'pidNamespace'>> {
  try {
    return {
      boot: (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
      pidNamespace: await readlink('/proc/self/ns/pid'),
    };
  } catch {
    return {};
  }
}

/** Field 22 of /proc/PID/stat, unless field 3 says that it is dead and only not buried; field 2 may hold anything. */
async function startOf(pid: number): Promise<Pick<LockIdentity, 'started'>> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state, started] = [fields[0], fields[19]];
    return started === undefined || state === 'Z' || state === 'X' ? {} : { started };
  } catch {
    return {};
  }
}
