import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, type ProcessIdentity } from './process-identity';

/**
 * Ends a process by its id: SIGTERM, and SIGKILL when it still runs after `graceMs`. Only the recorded process is
 * touched; an id that was given to another process since is left alone. Resolves when it is gone.
 */
export async function stopProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  signal(identity, 'SIGTERM');
  if (await isGone(identity, graceMs)) return;
  signal(identity, 'SIGKILL');
  await isGone(identity, 5_000);
}

async function isGone(identity: ProcessIdentity, limitMs: number): Promise<boolean> {
  for (const end = Date.now() + limitMs; isRunning(identity); await sleep(25)) if (Date.now() > end) return false;
  return true;
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
