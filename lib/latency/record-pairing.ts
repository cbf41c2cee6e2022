import { SEQUENCE, SOURCE } from '../reading/keys';
import type { Reading } from '../reading/reading';
import { TwinError } from '../reading/twin-error';

/** A record of one of the two topics. */
export interface PairRecord {
  readonly topic: string;
  /** The record's own key; null where it has none. */
  readonly key: string | null;
  readonly reading: Reading;
  /** Epoch milliseconds. */
  readonly arrivalMs: number;
}

export interface RecordPair {
  readonly first: PairRecord;
  readonly second: PairRecord;
}

export interface RecordPairingOptions {
  /** The topic at which a span begins, and the one at which it ends. */
  readonly firstTopic: string;
  readonly secondTopic: string;
  /** What makes two records one pair: the record's key, or the values under these keys of the reading. */
  readonly by: 'key' | readonly string[];
  /** How long a record waits for its other half, in milliseconds. */
  readonly timeoutMs: number;
  /** Records remembered at most, waiting or paired; beyond that the oldest is given up. */
  readonly maxRecords: number;
}

export interface PairingCounts {
  readonly paired: number;
  /** Records whose other half did not come within the time-out, or before the table was full. */
  readonly unpairedFirst: number;
  readonly unpairedSecond: number;
  /** Records that came again. */
  readonly duplicates: number;
  /** Records that share their key with a different one: which belongs to which cannot be said, so none is paired. */
  readonly ambiguous: number;
  readonly waiting: number;
}

type Side = 'first' | 'second';
interface Entry {
  readonly sinceMs: number;
  state: 'waiting' | 'paired' | 'ambiguous';
  side: Side;
  record: PairRecord | undefined;
  /** What the halves say of the reading's identity, as far as they do. */
  source: unknown;
  sequence: unknown;
}

/**
 * Pairs records of two topics by what they carry, never by their order: in whatever order they arrive, lost and doubled
 * ones included. An answered key stays known until its time-out, so that a copy is told from a newcomer.
 */
export class RecordPairing {
  readonly #options: RecordPairingOptions;
  /** In order of arrival, so the oldest are in front. */
  readonly #entries = new Map<string, Entry>();
  #counts = { paired: 0, unpairedFirst: 0, unpairedSecond: 0, duplicates: 0, ambiguous: 0, waiting: 0 };

  /** @throws TwinError LATENCY_OPTIONS when the two topics are one, or nothing is named to pair by */
  constructor(options: RecordPairingOptions) {
    const { firstTopic, secondTopic, by } = options;
    if (firstTopic === '' || secondTopic === '' || firstTopic === secondTopic) {
      throw new TwinError(
        'LATENCY_OPTIONS',
        'records are paired between two topics: name both, and not the same twice',
      );
    }
    if (by.length === 0) {
      throw new TwinError('LATENCY_OPTIONS', 'records are paired by keys of the reading: name at least one');
    }
    this.#options = options;
  }

  get counts(): PairingCounts {
    return this.#counts;
  }

  /**
   * Takes in a record; answers the pair that it completes.
   * @param nowMs on any clock that does not go back
   * @throws TwinError LATENCY_TOPIC for a record of a third topic, LATENCY_KEY for one that lacks what pairs it
   */
  offer(record: PairRecord, nowMs: number): RecordPair | undefined {
    const side = this.#sideOf(record.topic);
    const key = this.#keyOf(record);
    this.expire(nowMs);
    const entry = this.#entries.get(key);
    if (!entry) {
      this.#remember(key, side, record, nowMs);
      return undefined;
    }
    return this.#meet(entry, side, record);
  }

  /** Gives up the records that have waited too long. */
  expire(nowMs: number): void {
    const limit = nowMs - this.#options.timeoutMs;
    for (const [key, entry] of this.#entries) {
      if (entry.sinceMs > limit) return;
      this.#giveUp(key, entry);
    }
  }

  clear(): void {
    this.#entries.clear();
    this.#counts = { paired: 0, unpairedFirst: 0, unpairedSecond: 0, duplicates: 0, ambiguous: 0, waiting: 0 };
  }

  #meet(entry: Entry, side: Side, record: PairRecord): RecordPair | undefined {
    const counts = this.#counts;
    const { [SOURCE]: source, [SEQUENCE]: sequence } = record.reading;
    if (entry.state === 'ambiguous' || differ(entry.source, source) || differ(entry.sequence, sequence)) {
      // One that was waiting is no pair either; one that was paired was the only candidate then.
      if (entry.state === 'waiting') {
        counts.waiting -= 1;
        counts.ambiguous += 1;
      }
      counts.ambiguous += 1;
      [entry.state, entry.record] = ['ambiguous', undefined];
      return undefined;
    }
    if (entry.state === 'paired' || !entry.record || entry.side === side) {
      counts.duplicates += 1;
      return undefined;
    }
    const pair = side === 'first' ? { first: record, second: entry.record } : { first: entry.record, second: record };
    [entry.state, entry.record] = ['paired', undefined];
    entry.source ??= source;
    entry.sequence ??= sequence;
    counts.waiting -= 1;
    counts.paired += 1;
    return pair;
  }

  #remember(key: string, side: Side, record: PairRecord, nowMs: number): void {
    const { [SOURCE]: source, [SEQUENCE]: sequence } = record.reading;
    if (this.#entries.size >= this.#options.maxRecords) {
      const [oldest] = this.#entries;
      if (oldest) this.#giveUp(...oldest);
    }
    this.#entries.set(key, { sinceMs: nowMs, state: 'waiting', side, record, source, sequence });
    this.#counts.waiting += 1;
  }

  #giveUp(key: string, { state, side }: Entry): void {
    this.#entries.delete(key);
    if (state !== 'waiting') return;
    this.#counts.waiting -= 1;
    this.#counts[side === 'first' ? 'unpairedFirst' : 'unpairedSecond'] += 1;
  }

  #sideOf(topic: string): Side {
    const { firstTopic, secondTopic } = this.#options;
    if (topic === firstTopic) return 'first';
    if (topic === secondTopic) return 'second';
    throw new TwinError(
      'LATENCY_TOPIC',
      `records of "${firstTopic}" and "${secondTopic}" are paired; this one is of "${topic}": wire that topic elsewhere`,
    );
  }

  #keyOf({ key, reading, topic }: PairRecord): string {
    const { by } = this.#options;
    if (by === 'key') {
      if (key !== null && key !== '') return key;
      throw new TwinError('LATENCY_KEY', `a record of "${topic}" has no key, by which it would be paired (msg.key)`);
    }
    const values = by.map((name) => {
      const value = reading[name];
      if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) return value;
      throw new TwinError('LATENCY_KEY', `a record of "${topic}" has no "${name}", by which it would be paired`);
    });
    return values.length === 1 ? String(values[0]) : JSON.stringify(values);
  }
}

/** Whether two statements contradict; who says nothing does not. */
const differ = (one: unknown, other: unknown): boolean => one !== undefined && other !== undefined && one !== other;
