import type { Reading } from '../reading/reading';
import { RecentSequences } from '../reading/recent-sequences';
import { sequenceOf } from '../reading/sequence';
import { absoluteHumidity } from './absolute-humidity';
import { arrheniusShelfLife } from './arrhenius-shelf-life';
import { dewPoint } from './dew-point';
import { greenLifeFlags, greenLifeRate } from './green-life';
import { type LifeSnapshot, readLifeSnapshot } from './life-snapshot';
import { q10ShelfLife } from './q10-shelf-life';
import { advanceLife, type LifeStep, type RemainingLife } from './remaining-life';
import { numberOf, timeOf } from './reading-value';
import { SourceStates, sourceOf } from './source-states';
import {
  CHILLING,
  OUT_OF_RANGE,
  type TwinModelOptions,
  checkTwinModelOptions,
  remembers,
  resultKey,
} from './twin-model-options';

/** What became of a reading. */
export interface ModelAnswer {
  /** `repeat`: same `Source` and `Sequence` as before. `late` and `corrected` are those of `LifeStep`. */
  readonly step: LifeStep | 'repeat';
  /** Keys that the reading gains; none for a repeat or a late one, whose state is a later one's. */
  readonly outputs: Reading;
}

interface SourceState {
  life: RemainingLife;
  readonly sequences: RecentSequences;
}

const MAX_SOURCES = 100;
const REMEMBERED_SEQUENCES = 1024;

/**
 * A model that follows the readings of each source: it adds its result to each. Green life and shelf life are states in
 * days that run down by the readings' own time (`advanceLife` states the rule for late ones); the humidity models need
 * one reading only.
 */
export class TwinModel {
  readonly #options: TwinModelOptions;
  readonly #states: SourceStates<SourceState>;

  /** @throws TwinError TWIN_OPTIONS */
  constructor(options: TwinModelOptions, maxSources = MAX_SOURCES) {
    checkTwinModelOptions(options);
    this.#options = options;
    this.#states = new SourceStates(maxSources, () => this.#fresh());
  }

  get sources(): number {
    return this.#states.size;
  }

  /**
   * @param nowMs our clock, epoch ms
   * @throws TwinError TWIN_VALUE, TWIN_TIME, TWIN_TEMPERATURE, TWIN_HUMIDITY for a reading that cannot be used; it
   * changes nothing
   */
  take(reading: Reading, nowMs: number): ModelAnswer {
    const { model, temperatureKey, humidityKey, timeKey } = this.#options;
    const temperature = numberOf(reading, temperatureKey);
    let outputs: Reading = {};
    if (model === 'absolute-humidity' || model === 'dew-point') {
      const humidity = numberOf(reading, humidityKey);
      const result = model === 'dew-point' ? dewPoint(temperature, humidity) : absoluteHumidity(temperature, humidity);
      outputs = { [resultKey(this.#options)]: result };
    }
    const time = remembers(model) ? timeOf(reading, timeKey, nowMs) : 0;
    const rate = remembers(model) ? this.#rate(temperature) : 0;
    const state = this.#states.of(sourceOf(reading));
    const sequence = sequenceOf(reading);
    if (sequence !== undefined && !state.sequences.remember(sequence)) return { step: 'repeat', outputs: {} };
    if (!remembers(model)) return { step: 'advanced', outputs };
    const { life, step } = advanceLife(state.life, time, rate);
    state.life = life;
    return { step, outputs: step === 'advanced' ? this.#lifeOutputs(life, temperature) : {} };
  }

  /** Begins anew with a full life: one source, or all. */
  reset(source?: string): void {
    if (source === undefined) this.#states.clear();
    else this.#states.delete(source);
  }

  /** The lives of all sources, to be kept; sources without a reading are left out. */
  snapshot(): LifeSnapshot {
    const lives = [...this.#states.entries()].filter(([, { life }]) => life.timeMs !== undefined);
    return { model: this.#options.model, lives: Object.fromEntries(lives.map(([source, { life }]) => [source, life])) };
  }

  /** Goes on from a kept snapshot; from what is none, anew. */
  restore(json: unknown): void {
    for (const [source, life] of Object.entries(readLifeSnapshot(json, this.#options.model))) {
      this.#states.of(source).life = life;
    }
  }

  /** Days of life lost per day. */
  #rate(temperature: number): number {
    const { model, days: referenceDays, referenceC, q10, activationEnergy } = this.#options;
    if (model === 'green-life') return greenLifeRate(temperature);
    const days =
      model === 'q10'
        ? q10ShelfLife(temperature, { referenceDays, referenceC, q10 })
        : arrheniusShelfLife(temperature, { referenceDays, referenceC, activationEnergy });
    return referenceDays / days;
  }

  #lifeOutputs({ days }: RemainingLife, temperature: number): Reading {
    const result = { [resultKey(this.#options)]: Math.max(0, days) };
    if (this.#options.model !== 'green-life') return result;
    const { chilling, outOfRange } = greenLifeFlags(temperature);
    return Object.assign(result, { [CHILLING]: chilling, [OUT_OF_RANGE]: outOfRange });
  }

  #fresh(): SourceState {
    return { life: { days: this.#options.days, gaps: [] }, sequences: new RecentSequences(REMEMBERED_SEQUENCES) };
  }
}
