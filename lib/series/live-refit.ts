/** A reading that came while something was learned. */
interface Waiting {
  readonly timeMs: number;
  readonly value: number;
}

/** What follows readings after it has learned. */
export interface Follower {
  take(timeMs: number, value: number): 'moved' | 'late' | 'gap';
}

/** Readings that are remembered while a fit runs; a fit that takes longer is behind, and the next one mends it. */
const MOST_WAITING = 10_000;

/**
 * When a source's follower learns anew: at first, every `every` readings, when there are twice as many as at the last
 * fit, and when too many are missing. One fit at a time; readings that come during a fit are given to its follower
 * afterwards, so that none is missed.
 */
export class LiveRefit<F extends Follower> {
  /** The latest follower; undefined before the first fit. */
  follower: F | undefined;
  private since = 0;
  private points = 0;
  private due = true;
  private waiting: Waiting[] | undefined;

  /** `every`: readings after which a fit is due. */
  constructor(private readonly every: number) {}

  /** Whether a fit runs now. */
  get learning(): boolean {
    return this.waiting !== undefined;
  }

  /** Whether a fit is due; none is while one runs. */
  get fitIsDue(): boolean {
    return this.due && !this.learning;
  }

  /** Takes a reading in. */
  take(timeMs: number, value: number): void {
    this.since++;
    const gap = this.follower?.take(timeMs, value) === 'gap';
    if (gap || this.isOld) this.due = true;
    if (this.waiting && this.waiting.length < MOST_WAITING) this.waiting.push({ timeMs, value });
  }

  /**
   * Learns anew from so many readings; a fit that fails leaves the follower as it is, and is tried again with a quarter
   * more.
   */
  async learn(points: number, fit: () => Promise<F>): Promise<F> {
    this.waiting = [];
    this.since = 0;
    this.points = points;
    this.due = false;
    try {
      const follower = await fit();
      for (const { timeMs, value } of this.waiting) follower.take(timeMs, value);
      this.follower = follower;
      return follower;
    } catch (thrown) {
      this.points = Math.ceil(points / 4);
      throw thrown;
    } finally {
      this.waiting = undefined;
      this.due ||= this.isOld;
    }
  }

  /** Goes on with a follower that was kept, which had learned from so many readings. */
  resume(follower: F, since: number, points: number): void {
    this.follower = follower;
    this.since = since;
    this.points = points;
    this.due = this.isOld;
  }

  /** Readings of the last fit. */
  get learnedFrom(): number {
    return this.points;
  }

  private get isOld(): boolean {
    return this.since >= Math.min(this.every, this.points);
  }

  /** Readings since the last fit. */
  get age(): number {
    return this.since;
  }
}
