import { MQTT_TIMESTAMP, SEQUENCE, SOURCE } from '../reading/keys';
import type { Reading } from '../reading/reading';
import { TwinError } from '../reading/twin-error';
import { RollingSeries } from './rolling-series';
import type { SeriesMessage } from './series';

export interface LiveReadingsOptions {
  /** Key of the value. */
  readonly key: string;
  /** Key of the time stamp, epoch ms. */
  readonly stampKey?: string;
  /** Readings kept of each source. */
  readonly window: number;
  /** Sources kept; beyond, the one that was silent for longest is forgotten. */
  readonly maxSources?: number;
}

/** A reading that was taken in. */
export interface TakenReading {
  /** Empty for a reading without one. */
  readonly source: string;
  readonly timeMs: number;
  readonly value: number;
}

/** A source's window as plain data. */
export interface KeptWindow extends Pick<SeriesMessage, 'times' | 'values'> {
  readonly source: string;
  readonly sequences: readonly number[];
}

interface SourceState {
  readonly series: RollingSeries;
  /** Sequence numbers of the window, by which a repeat is known, in the order of arrival. */
  readonly seen: Set<number>;
}

/** Sequence numbers of a source that a snapshot keeps. */
const KEPT_SEQUENCES = 1000;

/**
 * Rolling windows of one key of live readings, one for each `Source`.
 *
 * A repeat (same source and sequence number within the window) is dropped; a late reading is taken in by its own time.
 * Without a source all readings are of one; without a sequence number none is a repeat.
 */
export class LiveReadings {
  private readonly sources = new Map<string, SourceState>();

  constructor(private readonly options: LiveReadingsOptions) {}

  /**
   * Takes a reading in; undefined for a repeat.
   * @throws TwinError SERIES_VALUE no number under the key, SERIES_TIME no time under the stamp key
   */
  add(reading: Reading): TakenReading | undefined {
    const { key, stampKey = MQTT_TIMESTAMP } = this.options;
    const value = reading[key];
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new TwinError('SERIES_VALUE', `The reading has no number under "${key}"`, { facts: { key } });
    }
    const timeMs = reading[stampKey];
    if (typeof timeMs !== 'number' || !Number.isFinite(timeMs)) {
      throw new TwinError('SERIES_TIME', `The reading has no time in epoch milliseconds under "${stampKey}"`, {
        facts: { key: stampKey },
      });
    }
    const source = typeof reading[SOURCE] === 'string' ? reading[SOURCE] : '';
    const state = this.stateOf(source);
    if (this.isRepeat(state, reading[SEQUENCE])) return undefined;
    state.series.add(timeMs, value);
    return { source, timeMs, value };
  }

  /** The window of a source; empty for one that is not known. */
  of(source: string): RollingSeries {
    return this.sources.get(source)?.series ?? new RollingSeries(1, this.options.key);
  }

  /** Sources with a window, the one that was silent for longest first. */
  known(): string[] {
    return [...this.sources.keys()];
  }

  /** The windows with at most `maxPoints` readings in all: those of the sources that were heard last. */
  snapshot(maxPoints: number): KeptWindow[] {
    let room = maxPoints;
    const kept: KeptWindow[] = [];
    for (const [source, { series, seen }] of [...this.sources].reverse()) {
      if (series.length > room) continue;
      room -= series.length;
      const { times, values } = series.series();
      const sequences = [...seen].slice(-KEPT_SEQUENCES);
      kept.unshift({ source, times: Array.from(times), values: Array.from(values), sequences });
    }
    return kept;
  }

  /** Takes the windows of a snapshot in. */
  restore(kept: readonly KeptWindow[]): void {
    for (const { source, times, values, sequences } of kept) {
      const { series, seen } = this.stateOf(source);
      times.forEach((time, i) => series.add(time, values[i] ?? NaN));
      for (const sequence of sequences) seen.add(sequence);
    }
  }

  private stateOf(source: string): SourceState {
    const { window, key, maxSources = 1000 } = this.options;
    const known = this.sources.get(source);
    // Put at the end again, so that the first one is the one that was silent for longest.
    if (known) this.sources.delete(source);
    else if (this.sources.size >= maxSources) this.sources.delete(this.sources.keys().next().value!);
    const state = known ?? { series: new RollingSeries(window, key), seen: new Set() };
    this.sources.set(source, state);
    return state;
  }

  private isRepeat({ seen }: SourceState, sequence: unknown): boolean {
    if (typeof sequence !== 'number') return false;
    if (seen.has(sequence)) return true;
    seen.add(sequence);
    // A set goes through its members in the order in which they came.
    if (seen.size > 2 * this.options.window) seen.delete(seen.values().next().value!);
    return false;
  }
}
