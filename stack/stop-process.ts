import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, type ProcessIdentity } from './process-identity';

/**
 * Ends a process by its id: SIGTERM, and SIGKILL when it still runs after `graceMs`. Only the recorded process is
 * touched; an id that was given to another process since is left alone. Resolves when it is gone.
 */
export function stopProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  return stop(identity.pid, () => isRunning(identity), graceMs);
}

/** Ends what is left of the group that a process leads which was spawned detached, in the same way. */
export function stopGroup(leader: number, graceMs: number): Promise<void> {
  return stop(-leader, () => sendSignal(-leader, 0), graceMs);
}

/** Sends a signal to a process, or to a group by its negative leader; false when there is none (any more). */
export function sendSignal(id: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(id, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

async function stop(id: number, isThere: () => boolean, graceMs: number): Promise<void> {
  if (!isThere()) return;
  sendSignal(id, 'SIGTERM');
  if (await isGone(isThere, graceMs)) return;
  sendSignal(id, 'SIGKILL');
  await isGone(isThere, 5_000);
}

async function isGone(isThere: () => boolean, limitMs: number): Promise<boolean> {
  for (const end = Date.now() + limitMs; isThere(); await sleep(25)) if (Date.now() > end) return false;
  return true;
}
