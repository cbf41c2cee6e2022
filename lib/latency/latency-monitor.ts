import { KAFKA_TIMESTAMP, SOURCE } from '../reading/keys';
import type { Reading } from '../reading/reading';
import { sequenceOf } from '../reading/sequence';
import { TwinError } from '../reading/twin-error';
import { delaySummary, type DelaySummary } from './delay-summary';
import type { Hop } from './hop-table';
import { readingDelays, type HopDelay } from './reading-delays';
import { RecentSequences } from '../reading/recent-sequences';
import { SortedWindow, type WindowLimits } from './sorted-window';

export interface LatencyMonitorOptions {
  readonly hops: readonly Hop[];
  /** Rolling window of each hop of each source. */
  readonly window: WindowLimits;
  /** Sources kept at most; a further one takes the place of the source heard least recently. Default 100. */
  readonly maxSources?: number;
  /** Sequence numbers remembered per source to tell repeats. Default 16,384 (128 KiB). */
  readonly rememberedSequences?: number;
}

/** One hop of one source, summed up over the window. */
export interface HopSummary extends DelaySummary {
  /** The readings' `Source`; empty for readings without one. */
  readonly source: string;
  readonly label: string;
}

interface SourceState {
  readonly sequences: RecentSequences;
  readonly windows: Map<string, SortedWindow>;
  lastHeard: number;
}

const MAX_SOURCES = 100;
const REMEMBERED_SEQUENCES = 16_384;

/**
 * Delays of readings and their rolling statistics, kept per source. A reading whose `Source` and `Sequence` were seen
 * before is a repeat (a redelivery after an outage) and counts once; readings without a `Sequence` all count. Order
 * does not matter: a late reading enters the window when it arrives. Feed one monitor from one point of the pipeline,
 * as a reading that passes two points would be a repeat at the second.
 */
export class LatencyMonitor {
  readonly #options: Required<LatencyMonitorOptions>;
  readonly #sources = new Map<string, SourceState>();
  #observed = 0;
  #repeats = 0;
  #unmeasured = 0;
  #negatives = 0;

  /** @throws TwinError LATENCY_OPTIONS when two hops share a label, there is no hop, or a limit is not above 0 */
  constructor({
    hops,
    window,
    maxSources = MAX_SOURCES,
    rememberedSequences = REMEMBERED_SEQUENCES,
  }: LatencyMonitorOptions) {
    const labels = new Set(hops.map(({ label }) => label));
    if (labels.size === 0) throw invalid('the hop table is empty: name at least one hop');
    if (labels.size < hops.length) throw invalid('two hops have the same label: every label must differ');
    for (const limit of [maxSources, rememberedSequences, window.maxCount]) {
      if (!(Number.isInteger(limit) && limit > 0)) throw invalid(`a limit is a whole number above 0, got ${limit}`);
    }
    if (!(window.maxAgeMs > 0)) throw invalid(`the age of the window is above 0 ms, got ${window.maxAgeMs}`);
    this.#options = { hops, window, maxSources, rememberedSequences };
  }

  /** Readings of which at least one hop was measured. */
  get observed(): number {
    return this.#observed;
  }

  /** Readings that had the stamps of no hop. */
  get unmeasured(): number {
    return this.#unmeasured;
  }

  /** Readings with at least one negative delay. */
  get negatives(): number {
    return this.#negatives;
  }

  /** Readings dropped because they had been seen before. */
  get repeats(): number {
    return this.#repeats;
  }

  /**
   * Takes in one reading. Hops to `NOW` end at its `Kafka_Timestamp` where it has one, as that was taken closer to the
   * wire, else at its arrival.
   *
   * @param arrivalMs epoch milliseconds; also the time by which the window ages
   * @returns the delays of the reading, possibly none; undefined for a repeat
   */
  observe(reading: Reading, arrivalMs: number): HopDelay[] | undefined {
    const state = this.#stateOf(reading[SOURCE]);
    const sequence = sequenceOf(reading);
    if (sequence !== undefined && !state.sequences.remember(sequence)) {
      this.#repeats += 1;
      return undefined;
    }
    const stamp = reading[KAFKA_TIMESTAMP];
    const delays = readingDelays(reading, this.#options.hops, Number.isFinite(stamp) ? (stamp as number) : arrivalMs);
    for (const { label, delayMs } of delays) {
      let window = state.windows.get(label);
      if (!window) state.windows.set(label, (window = new SortedWindow(this.#options.window)));
      window.add(delayMs, arrivalMs);
    }
    if (delays.length === 0) this.#unmeasured += 1;
    else this.#observed += 1;
    if (delays.some(({ negative }) => negative)) this.#negatives += 1;
    return delays;
  }

  /** The windows as they are at `nowMs`, by source in order of appearance, then by hop; empty windows are left out. */
  summaries(nowMs: number): HopSummary[] {
    const summaries: HopSummary[] = [];
    for (const [source, { windows }] of this.#sources) {
      for (const { label } of this.#options.hops) {
        const window = windows.get(label);
        window?.evict(nowMs);
        if (window && window.count > 0) summaries.push({ source, label, ...delaySummary(window.sorted) });
      }
    }
    return summaries;
  }

  /** Forgets everything, the counters too. */
  clear(): void {
    this.#sources.clear();
    this.#observed = 0;
    this.#repeats = 0;
    this.#unmeasured = 0;
    this.#negatives = 0;
  }

  #stateOf(name: unknown): SourceState {
    const source = typeof name === 'string' || typeof name === 'number' ? String(name) : '';
    const heard = this.#observed + this.#unmeasured + this.#repeats;
    const known = this.#sources.get(source);
    if (known) {
      known.lastHeard = heard;
      return known;
    }
    if (this.#sources.size >= this.#options.maxSources) this.#forgetLeastRecent();
    const state = {
      sequences: new RecentSequences(this.#options.rememberedSequences),
      windows: new Map<string, SortedWindow>(),
      lastHeard: heard,
    };
    this.#sources.set(source, state);
    return state;
  }

  #forgetLeastRecent(): void {
    let oldest: [string, SourceState] | undefined;
    for (const entry of this.#sources) if (!oldest || entry[1].lastHeard < oldest[1].lastHeard) oldest = entry;
    if (oldest) this.#sources.delete(oldest[0]);
  }
}

const invalid = (reason: string): TwinError => new TwinError('LATENCY_OPTIONS', `delays cannot be measured: ${reason}`);
