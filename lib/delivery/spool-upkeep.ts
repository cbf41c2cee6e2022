import type { SpoolFiles } from './spool-folder';

/** How long after a write it is noted how far the log reaches: noting each one costs power durability two thirds. */
const NOTE_MS = 50;

export interface SpoolUpkeepOptions {
  readonly files: SpoolFiles;
  readonly syncEveryMs: number;
  /** Everything up to this sequence is acknowledged or dropped. */
  readonly acknowledged: () => number;
  /** Told of what fails in the background. */
  readonly onFault: (error: unknown) => void;
}

/** Notes in the background how far a spool has come, and syncs what was written. */
export class SpoolUpkeep {
  readonly #options: SpoolUpkeepOptions;
  #noteTimer: NodeJS.Timeout | undefined;
  #syncTimer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: SpoolUpkeepOptions) {
    this.#options = options;
  }

  /** Records were stored. */
  noteStored(): void {
    if (this.#stopped) return;
    this.#noteTimer ??= setTimeout(() => {
      this.#noteTimer = undefined;
      this.savePosition();
    }, NOTE_MS).unref();
    this.#scheduleSync();
  }

  /** Notes how far the log is stored and done; answers whether that is news. */
  savePosition(): boolean {
    const { files, acknowledged, onFault } = this.#options;
    // Whoever lost the lock has no more to say in this folder.
    if (!files.lock.held) return false;
    if (!files.position.set({ acknowledged: acknowledged(), stored: files.log.stored })) return false;
    void files.position.persist().catch(onFault);
    this.#scheduleSync();
    return true;
  }

  /** Ends the timers; the last position is for the caller to save. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#noteTimer);
    clearTimeout(this.#syncTimer);
  }

  /** Resolves when everything stored survives a power cut, and how far it is done. */
  async sync(): Promise<void> {
    await this.#options.files.log.sync();
    await this.#options.files.position.sync();
  }

  #scheduleSync(): void {
    const { syncEveryMs, onFault } = this.#options;
    if (syncEveryMs === 0 || this.#stopped || this.#syncTimer) return;
    this.#syncTimer = setTimeout(() => {
      this.#syncTimer = undefined;
      void this.sync().catch(onFault);
    }, syncEveryMs).unref();
  }
}
