import type { SeriesDecomposition } from '../../lib/series/decompose-series';
import { LiveReadings, type KeptWindow } from '../../lib/series/live-readings';
import { LiveRefit } from '../../lib/series/live-refit';
import { LiveScorer, scorerState, type ScoredReading, type ScorerState } from '../../lib/series/live-scorer';
import { fromPlainValue } from '../../lib/series/plain-value';
import type { Series } from '../../lib/series/series';
import type { Reading } from '../../lib/reading/reading';

export interface LiveInputOptions {
  readonly key: string;
  readonly stampKey: string;
  /** Readings kept of each source, and after which its series is decomposed anew. */
  readonly window: number;
  readonly every: number;
}

/** A scorer in the file of the kept state. */
interface KeptScorer {
  readonly source: string;
  readonly since: number;
  readonly points: number;
  readonly state: ScorerState;
}

/** What `snapshot` gives and `restore` takes. */
export interface KeptLive {
  readonly made: string;
  readonly windows: readonly KeptWindow[];
  readonly scorers: readonly KeptScorer[];
}

/** A scored reading with the board that it is of. */
export interface ScoredOfSource extends ScoredReading {
  readonly source: string;
}

/** Follows readings by scoring them. */
class Follower {
  last: ScoredReading | undefined;

  constructor(readonly scorer: LiveScorer) {}

  take(timeMs: number, value: number): 'moved' | 'late' | 'gap' {
    const scored = this.scorer.score(timeMs, value);
    this.last = typeof scored === 'object' ? scored : undefined;
    return scored === 'gap' ? 'gap' : scored ? 'moved' : 'late';
  }
}

/** Readings in the file of the kept state: about 2 MB. */
const MOST_KEPT_POINTS = 50_000;
const MOST_SOURCES = 1000;

/** Live readings of each source: scored against its last decomposition, which is made anew on a schedule. */
export class LiveInput {
  private readonly live: LiveReadings;
  private readonly sources = new Map<string, LiveRefit<Follower>>();

  /** `made` says with which options the decompositions are made; `decompose` owns the series that it gets. */
  constructor(
    private readonly options: LiveInputOptions,
    private readonly made: string,
    private readonly decompose: (series: Series) => Promise<SeriesDecomposition>,
  ) {
    this.live = new LiveReadings({ ...options, maxSources: MOST_SOURCES });
  }

  /**
   * Takes a reading in and scores it, where there is a decomposition to score it by. `due` is its source when a new one
   * is due.
   * @throws TwinError SERIES_VALUE, SERIES_TIME
   */
  take(reading: Reading): { scored?: ScoredOfSource; due?: string } {
    const taken = this.live.add(reading);
    if (!taken) return {};
    const { source, timeMs, value } = taken;
    const refit = this.refitOf(source);
    refit.take(timeMs, value);
    const last = refit.follower?.last;
    return {
      ...(last ? { scored: { ...last, source } } : {}),
      ...(refit.fitIsDue ? { due: source } : {}),
    };
  }

  /** Decomposes the window of a source anew. Errors: those of `decompose`. */
  async renew(source: string): Promise<SeriesDecomposition | undefined> {
    const refit = this.refitOf(source);
    if (!refit.fitIsDue) return undefined;
    const series = this.live.of(source).series();
    let parts: SeriesDecomposition | undefined;
    await refit.learn(series.times.length, async () => {
      parts = await this.decompose(series);
      return new Follower(new LiveScorer(scorerState(parts)));
    });
    return parts;
  }

  /** Whether a source's window is to be decomposed anew, and is not just now. */
  isDue(source: string): boolean {
    return this.sources.get(source)?.fitIsDue ?? false;
  }

  /** Readings that are there of a source. */
  count(source: string): number {
    return this.live.of(source).length;
  }

  snapshot(): KeptLive {
    const windows = this.live.snapshot(MOST_KEPT_POINTS);
    const scorers = windows.flatMap(({ source }) => {
      const refit = this.sources.get(source);
      const state = refit?.follower?.scorer.state;
      return refit && state ? [{ source, since: refit.age, points: refit.learnedFrom, state }] : [];
    });
    return { made: this.made, windows, scorers };
  }

  /** Goes on from a snapshot; of one that was made with other options only the readings are taken. */
  restore({ made, windows, scorers }: KeptLive): void {
    this.live.restore(windows);
    if (made !== this.made) return;
    for (const { source, since, points, state } of scorers) {
      const follower = new Follower(new LiveScorer(fromPlainValue(state) as ScorerState));
      this.refitOf(source).resume(follower, since, points);
    }
  }

  private refitOf(source: string): LiveRefit<Follower> {
    const known = this.sources.get(source);
    if (known) this.sources.delete(source);
    else if (this.sources.size >= MOST_SOURCES) this.sources.delete(this.sources.keys().next().value!);
    const refit = known ?? new LiveRefit<Follower>(this.options.every);
    this.sources.set(source, refit);
    return refit;
  }
}
