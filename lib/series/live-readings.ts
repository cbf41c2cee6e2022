import { MQTT_TIMESTAMP, SEQUENCE, SOURCE } from '../reading/keys';
import type { Reading } from '../reading/reading';
import { TwinError } from '../reading/twin-error';
import { RollingSeries } from './rolling-series';

export interface LiveReadingsOptions {
  /** Key of the value. */
  readonly key: string;
  /** Key of the time stamp, epoch ms. */
  readonly stampKey?: string;
  /** Readings kept of each source. */
  readonly window: number;
  /** Readings of a source after which something is due. */
  readonly every: number;
  /** Sources kept; beyond, the one that was silent for longest is forgotten. */
  readonly maxSources?: number;
}

interface SourceState {
  readonly series: RollingSeries;
  sinceDue: number;
  /** Sequence numbers of the window, by which a repeat is known. */
  readonly seen: Set<number>;
  readonly seenInOrder: number[];
}

/**
 * Rolling windows of one key of live readings, one for each `Source`.
 *
 * A repeat (same source and sequence number within the window) is dropped; a late reading is taken in by its own time. Without
 * a source all readings are of one; without a sequence number none is a repeat.
 */
export class LiveReadings {
  private readonly sources = new Map<string, SourceState>();

  constructor(private readonly options: LiveReadingsOptions) {}

  /**
   * Takes a reading in. Returns its source when that one has something due (every n-th reading), else undefined.
   * @throws TwinError SERIES_VALUE no number under the key, SERIES_TIME no time under the stamp key
   */
  add(reading: Reading): string | undefined {
    const { key, stampKey = MQTT_TIMESTAMP, every } = this.options;
    const value = reading[key];
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new TwinError('SERIES_VALUE', `The reading has no number under "${key}"`, { facts: { key } });
    }
    const time = reading[stampKey];
    if (typeof time !== 'number' || !Number.isFinite(time)) {
      throw new TwinError('SERIES_TIME', `The reading has no time in epoch milliseconds under "${stampKey}"`, {
        facts: { key: stampKey },
      });
    }
    const source = typeof reading[SOURCE] === 'string' ? reading[SOURCE] : '';
    const state = this.stateOf(source);
    if (this.isRepeat(state, reading[SEQUENCE])) return undefined;
    state.series.add(time, value);
    if (++state.sinceDue < every) return undefined;
    state.sinceDue = 0;
    return source;
  }

  /** The window of a source; empty for one that is not known. */
  of(source: string): RollingSeries {
    return this.sources.get(source)?.series ?? new RollingSeries(1, this.options.key);
  }

  private stateOf(source: string): SourceState {
    const { window, key, maxSources = 1000 } = this.options;
    const known = this.sources.get(source);
    // Put at the end again, so that the first one is the one that was silent for longest.
    if (known) this.sources.delete(source);
    else if (this.sources.size >= maxSources) this.sources.delete(this.sources.keys().next().value!);
    const state = known ?? { series: new RollingSeries(window, key), sinceDue: 0, seen: new Set(), seenInOrder: [] };
    this.sources.set(source, state);
    return state;
  }

  private isRepeat({ seen, seenInOrder }: SourceState, sequence: unknown): boolean {
    if (typeof sequence !== 'number') return false;
    if (seen.has(sequence)) return true;
    seen.add(sequence);
    seenInOrder.push(sequence);
    if (seenInOrder.length > 2 * this.options.window) {
      for (const old of seenInOrder.splice(0, this.options.window)) seen.delete(old);
    }
    return false;
  }
}
