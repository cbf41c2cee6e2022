import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 50;

/** A process that was spawned detached, with all that it started and that did not leave its group. */
export class ProcessGroup {
  readonly #leader: number | undefined;

  /** @param leader id of the process; undefined when it could not be started */
  constructor(leader: number | undefined) {
    this.#leader = leader;
  }

  /** Sends a signal to all of it; false when nothing is left. */
  signal(name: NodeJS.Signals | 0): boolean {
    if (this.#leader === undefined) return false;
    try {
      return process.kill(-this.#leader, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      return false;
    }
  }

  /** Ends what is left: SIGTERM, and SIGKILL after `graceMs`. */
  async end(graceMs: number): Promise<void> {
    if (!this.signal('SIGTERM')) return;
    for (const endMs = Date.now() + graceMs; this.signal(0) && Date.now() < endMs;) await sleep(LOOK_MS);
    this.signal('SIGKILL');
  }
}
