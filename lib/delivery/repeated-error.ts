/** Distinct errors remembered; beyond it the one reported longest ago is forgotten. */
const MAX_KEYS = 500;

export interface RepeatedErrorOptions {
  /** The same error is reported at most once in this many milliseconds (default one minute). */
  readonly everyMs?: number;
  readonly now?: () => number;
}

/** Thins out an error that repeats while its cause lasts, and counts what it kept quiet. */
export class RepeatedError {
  readonly #everyMs: number;
  readonly #now: () => number;
  readonly #reports = new Map<string, { at: number; suppressed: number }>();

  constructor({ everyMs = 60_000, now = Date.now }: RepeatedErrorOptions = {}) {
    this.#everyMs = everyMs;
    this.#now = now;
  }

  /** Whether the error named by `key` should be shown now, and how often it was kept quiet since it last was. */
  shouldReport(key: string): { report: boolean; suppressed: number } {
    const now = this.#now();
    const known = this.#reports.get(key);
    if (known && now - known.at < this.#everyMs) {
      known.suppressed++;
      return { report: false, suppressed: known.suppressed };
    }
    // Taken out first, so that the map's order is the order of reports.
    this.#reports.delete(key);
    this.#reports.set(key, { at: now, suppressed: 0 });
    if (this.#reports.size > MAX_KEYS) {
      for (const oldest of this.#reports.keys()) {
        this.#reports.delete(oldest);
        break;
      }
    }
    return { report: true, suppressed: known?.suppressed ?? 0 };
  }

  /** Forgets all: the cause has gone, so that the same error is news when it comes again. */
  clear(): void {
    this.#reports.clear();
  }
}
