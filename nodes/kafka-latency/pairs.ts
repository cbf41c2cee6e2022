import { PairedReading } from '../../lib/latency/paired-reading';
import { type PairingCounts, RecordPairing } from '../../lib/latency/record-pairing';
import { MQTT_TIMESTAMP } from '../../lib/reading/keys';
import type { Reading } from '../../lib/reading/reading';
import type { OptionsOf } from '../common/definition';
import type { FlowMessage } from '../common/message';
import type { definition } from './options';

/** Pairs what comes in as records of two topics. */
export class Pairs {
  readonly #pairing: RecordPairing;
  readonly #joined: PairedReading;
  #told = '';

  /** @throws TwinError LATENCY_OPTIONS */
  constructor({
    hops,
    pairing,
    firstTopic,
    secondTopic,
    pairKeys,
    pairSeconds,
    pairRecords,
  }: OptionsOf<typeof definition>) {
    const keys = pairKeys.split(',').map((key) => key.trim());
    this.#pairing = new RecordPairing({
      firstTopic,
      secondTopic,
      by: pairing === 'key' ? 'key' : pairing === 'stamp' ? [MQTT_TIMESTAMP] : keys.filter((key) => key !== ''),
      timeoutMs: pairSeconds * 1000,
      maxRecords: pairRecords,
    });
    this.#joined = new PairedReading(hops, firstTopic, secondTopic);
  }

  /** The reading of a pair that this record completes. */
  take(
    reading: Reading,
    { topic, key }: FlowMessage,
    batch: boolean,
    arrivalMs: number,
  ): { readonly reading: Reading; readonly arrivalMs: number } | undefined {
    // A batch is one message with the key of its first record.
    const own = !batch && (typeof key === 'string' || typeof key === 'number') ? String(key) : null;
    const pair = this.#pairing.offer({ topic: topic ?? '', key: own, reading, arrivalMs }, performance.now());
    return pair && { reading: this.#joined.of(pair), arrivalMs: pair.second.arrivalMs };
  }

  /** Whether a record was paired or given up since the last time that somebody asked. */
  hasNews(): boolean {
    this.#pairing.expire(performance.now());
    // What waits is no news yet.
    const counts = Object.values({ ...this.#pairing.counts, waiting: 0 });
    const text = counts.join();
    const news = text !== this.#told && counts.some((count) => count > 0);
    this.#told = text;
    return news;
  }

  counts(): PairingCounts {
    this.#pairing.expire(performance.now());
    return { ...this.#pairing.counts };
  }

  clear(): void {
    this.#pairing.clear();
  }
}
