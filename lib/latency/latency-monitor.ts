import { KAFKA_TIMESTAMP, SOURCE } from '../reading/keys';
import type { Reading } from '../reading/reading';
import { RecentSequences } from '../reading/recent-sequences';
import { sequenceOf } from '../reading/sequence';
import { TwinError } from '../reading/twin-error';
import { type DelaySummary, QUANTILES, type QuantileErrors } from './delay-summary';
import { type DelayWindow, delayWindow } from './delay-window';
import type { Hop } from './hop-table';
import type { HopOffset } from './machine-clocks';
import { readingDelays, type HopDelay, type MeasuredHop } from './reading-delays';
import { RollingMaximum } from './rolling-maximum';
import type { WindowLimits } from './rolling-window';

export interface LatencyMonitorOptions {
  readonly hops: readonly Hop[];
  /** Rolling window of each hop of each source. */
  readonly window: WindowLimits;
  /** Sources kept at most; a further one takes the place of the source heard least recently. Default 100. */
  readonly maxSources?: number;
  /** Sequence numbers remembered per source to tell repeats. Default 16,384 (128 KiB). */
  readonly rememberedSequences?: number;
  /** What is subtracted from a hop in place of its `clockOffsetMs`, where a clock of its ends is known. */
  readonly offsetOf?: (hop: Hop) => HopOffset | undefined;
}

/** One hop of one source, summed up over the window. */
export interface HopSummary extends DelaySummary {
  /** The readings' `Source`; empty for readings without one. */
  readonly source: string;
  readonly label: string;
  /** The largest error of each figure, in ms: of the stamps, the clocks, and the sketch of a large window. */
  readonly errors: QuantileErrors;
  /**
   * At most so far does the clock at the end of the hop run ahead of the one at its beginning, in ms: the smallest
   * difference of the stamps, as no delay is below 0. It is all that stamps of one direction tell about two clocks.
   */
  readonly clockAheadAtMost: number;
}

interface HopState {
  readonly window: DelayWindow;
  /** Largest error of the clocks, and largest offset, under which the delays of the window were measured. */
  readonly clockError: RollingMaximum;
  readonly offset: RollingMaximum;
}
interface SourceState {
  readonly sequences: RecentSequences;
  readonly hops: (HopState | undefined)[];
  lastHeard: number;
}

/** Two whole stamps: their difference is less than a millisecond off. */
const STAMP_ERROR_MS = 1;
/** An echo reads both clocks, each within a millisecond of the stamps. */
const CLOCK_READING_MS = 1;

const MAX_SOURCES = 100;
const REMEMBERED_SEQUENCES = 16_384;

/**
 * Delays of readings and their rolling statistics, kept per source. A reading whose `Source` and `Sequence` were seen
 * before is a repeat (a redelivery after an outage) and counts once; readings without a `Sequence` all count. Order
 * does not matter: a late reading enters the window when it arrives. Feed one monitor from one point of the pipeline,
 * as a reading that passes two points would be a repeat at the second.
 */
export class LatencyMonitor {
  readonly #options: Required<Omit<LatencyMonitorOptions, 'offsetOf'>>;
  readonly #hops: readonly MeasuredHop[];
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
    offsetOf,
  }: LatencyMonitorOptions) {
    const labels = new Set(hops.map(({ label }) => label));
    if (labels.size === 0) throw invalid('the hop table is empty: name at least one hop');
    if (labels.size < hops.length) throw invalid('two hops have the same label: every label must differ');
    for (const limit of [maxSources, rememberedSequences, window.maxCount]) {
      if (!(Number.isInteger(limit) && limit > 0)) throw invalid(`a limit is a whole number above 0, got ${limit}`);
    }
    if (!(window.maxAgeMs > 0)) throw invalid(`the age of the window is above 0 ms, got ${window.maxAgeMs}`);
    this.#options = { hops, window, maxSources, rememberedSequences };
    this.#hops = hops.map((hop, index) => ({ ...hop, index, offset: offsetOf?.(hop) }));
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
   * @param arrivalMs epoch milliseconds
   * @param nowMs the time by which the window ages, where the reading arrived some time ago
   * @returns the delays of the reading, possibly none; undefined for a repeat
   */
  observe(reading: Reading, arrivalMs: number, nowMs = arrivalMs): HopDelay[] | undefined {
    const state = this.#stateOf(reading[SOURCE]);
    const sequence = sequenceOf(reading);
    if (sequence !== undefined && !state.sequences.remember(sequence)) {
      this.#repeats += 1;
      return undefined;
    }
    const stamp = reading[KAFKA_TIMESTAMP];
    const endMs = Number.isFinite(stamp) ? (stamp as number) : arrivalMs;
    const delays = readingDelays(reading, this.#hops, endMs, nowMs);
    for (const { index, delayMs, offsetMs, clockErrorMs } of delays) {
      const hop = (state.hops[index] ??= this.#newHop());
      hop.window.add(delayMs, nowMs);
      if (this.#hops[index]?.offset === undefined) continue;
      hop.clockError.add(clockErrorMs, nowMs);
      hop.offset.add(offsetMs, nowMs);
    }
    if (delays.length === 0) this.#unmeasured += 1;
    else this.#observed += 1;
    if (delays.some(({ negative }) => negative)) this.#negatives += 1;
    return delays;
  }

  /** The windows as they are at `nowMs`, by source in order of appearance, then by hop; empty windows are left out. */
  summaries(nowMs: number): HopSummary[] {
    const summaries: HopSummary[] = [];
    for (const [source, { hops }] of this.#sources) {
      for (const [index, { label, clockOffsetMs, offset }] of this.#hops.entries()) {
        const hop = hops[index];
        hop?.window.evict(nowMs);
        if (!hop || hop.window.count === 0) continue;
        const { summary, errors } = hop.window.summary();
        const subtracted = offset ? hop.offset.value : clockOffsetMs;
        const clockErrorMs = offset && hop.clockError.value > 0 ? hop.clockError.value + CLOCK_READING_MS : 0;
        summaries.push({
          ...{ source, label, ...summary },
          errors: widened(errors, STAMP_ERROR_MS + clockErrorMs),
          clockAheadAtMost: summary.min + subtracted + STAMP_ERROR_MS,
        });
      }
    }
    return summaries;
  }

  /**
   * A quantile of the first hop of the table that has been measured, of the source heard last.
   * @param p probabilities from 0 to 1
   */
  quantiles(p: readonly number[], nowMs: number): number[] | undefined {
    let last: SourceState | undefined;
    for (const state of this.#sources.values()) if (!last || state.lastHeard >= last.lastHeard) last = state;
    for (const hop of last?.hops ?? []) {
      hop?.window.evict(nowMs);
      if (hop && hop.window.count > 0) return p.map((each) => hop.window.quantile(each));
    }
    return undefined;
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
      hops: [],
      lastHeard: heard,
    };
    this.#sources.set(source, state);
    return state;
  }

  #newHop(): HopState {
    const { window } = this.#options;
    return { window: delayWindow(window), clockError: new RollingMaximum(window), offset: new RollingMaximum(window) };
  }

  #forgetLeastRecent(): void {
    let oldest: [string, SourceState] | undefined;
    for (const entry of this.#sources) if (!oldest || entry[1].lastHeard < oldest[1].lastHeard) oldest = entry;
    if (oldest) this.#sources.delete(oldest[0]);
  }
}

const widened = (errors: QuantileErrors, byMs: number): QuantileErrors =>
  Object.fromEntries(QUANTILES.map((name) => [name, errors[name] + byMs])) as QuantileErrors;

const invalid = (reason: string): TwinError => new TwinError('LATENCY_OPTIONS', `delays cannot be measured: ${reason}`);
