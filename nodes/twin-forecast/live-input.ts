import { LiveForecast } from '../../lib/series/live-forecast';
import { LiveReadings, type KeptWindow } from '../../lib/series/live-readings';
import { LiveRefit } from '../../lib/series/live-refit';
import type { ForecastModel, ForecastOptions, ForecastResume, SeriesForecast } from '../../lib/series/forecast-series';
import { fromPlainValue } from '../../lib/series/plain-value';
import type { Series } from '../../lib/series/series';
import type { Reading } from '../../lib/reading/reading';

export interface LiveInputOptions {
  readonly key: string;
  readonly stampKey: string;
  /** Readings kept of each source, after which a forecast is due, and after which the method learns anew. */
  readonly window: number;
  readonly every: number;
  readonly refitEvery: number;
  readonly forecast: ForecastOptions;
}

/** A source's forecast in the file of the kept state. */
interface KeptForecast {
  readonly source: string;
  readonly since: number;
  readonly points: number;
  readonly model: ForecastModel;
  readonly resume: ForecastResume;
}

/** What `snapshot` gives and `restore` takes. */
export interface KeptLive {
  /** Options for which the forecasts were made. */
  readonly made: string;
  readonly windows: readonly KeptWindow[];
  readonly forecasts: readonly KeptForecast[];
}

interface SourceState {
  readonly refit: LiveRefit<LiveForecast>;
  sinceAnswer: number;
}

/** Readings in the file of the kept state: about 2 MB. */
const MOST_KEPT_POINTS = 50_000;
const MOST_SOURCES = 1000;

/** Live readings of each source to forecasts: learns on a schedule, follows each reading in between. */
export class LiveInput {
  private readonly live: LiveReadings;
  private readonly sources = new Map<string, SourceState>();

  /** `fit` learns from a series that belongs to it. */
  constructor(
    private readonly options: LiveInputOptions,
    private readonly fit: (series: Series) => Promise<SeriesForecast>,
  ) {
    this.live = new LiveReadings({ ...options, maxSources: MOST_SOURCES });
  }

  /**
   * Takes a reading in. Returns its source when a forecast of it is due.
   * @throws TwinError SERIES_VALUE, SERIES_TIME
   */
  take(reading: Reading): string | undefined {
    const taken = this.live.add(reading);
    if (!taken) return undefined;
    const state = this.stateOf(taken.source);
    state.refit.take(taken.timeMs, taken.value);
    if (++state.sinceAnswer < this.options.every) return undefined;
    state.sinceAnswer = 0;
    return taken.source;
  }

  /**
   * The forecast of a source: by a new fit when one is due, else by following. Undefined while its first fit runs.
   * Errors: those of `fit`.
   */
  async forecast(source: string): Promise<SeriesForecast | undefined> {
    const { refit } = this.stateOf(source);
    if (refit.fitIsDue) {
      const series = this.live.of(source).series();
      await refit.learn(series.times.length, async () => {
        const result = await this.fit(series);
        return new LiveForecast(result.model, result.resume, this.options.forecast, result);
      });
    }
    return refit.follower?.forecast();
  }

  /** Readings that are there of a source. */
  count(source: string): number {
    return this.live.of(source).length;
  }

  snapshot(): KeptLive {
    const windows = this.live.snapshot(MOST_KEPT_POINTS);
    const forecasts = windows.flatMap(({ source }) => {
      const refit = this.sources.get(source)?.refit;
      const kept = refit?.follower?.snapshot();
      return refit && kept ? [{ source, since: refit.age, points: refit.learnedFrom, ...kept }] : [];
    });
    return { made: JSON.stringify(this.options), windows, forecasts };
  }

  /** Goes on from a snapshot; of one that was made with other options only the readings are taken. */
  restore({ made, windows, forecasts }: KeptLive): void {
    this.live.restore(windows);
    if (made !== JSON.stringify(this.options)) return;
    for (const { source, since, points, model, resume } of forecasts) {
      const follower = new LiveForecast(
        fromPlainValue(model) as ForecastModel,
        fromPlainValue(resume) as ForecastResume,
        this.options.forecast,
      );
      this.stateOf(source).refit.resume(follower, since, points);
    }
  }

  private stateOf(source: string): SourceState {
    const known = this.sources.get(source);
    if (known) this.sources.delete(source);
    else if (this.sources.size >= MOST_SOURCES) this.sources.delete(this.sources.keys().next().value!);
    const state = known ?? { refit: new LiveRefit<LiveForecast>(this.options.refitEvery), sinceAnswer: 0 };
    this.sources.set(source, state);
    return state;
  }
}
