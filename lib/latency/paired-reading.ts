import { extended } from '../reading/extended';
import { KAFKA_TIMESTAMP } from '../reading/keys';
import type { Reading } from '../reading/reading';
import { NOW, type Hop } from './hop-table';
import type { PairRecord, RecordPair } from './record-pairing';

/** A stamp of one of the two records in particular: `Model_Topic:Kafka_Timestamp`, `RealTime_Data:now`. */
interface QualifiedKey {
  readonly name: string;
  readonly side: 'first' | 'second';
  readonly key: string;
}

/** When a record arrived at the consumer: `Kafka_Timestamp`, which was taken closer to the wire, where it has one. */
export function arrivalOf({ reading, arrivalMs }: PairRecord): number {
  const stamp = reading[KAFKA_TIMESTAMP];
  return typeof stamp === 'number' && Number.isFinite(stamp) ? stamp : arrivalMs;
}

/** Makes one reading of a pair, for the hop table to measure. */
export class PairedReading {
  readonly #qualified: readonly QualifiedKey[];

  constructor(hops: readonly Hop[], firstTopic: string, secondTopic: string) {
    const names = new Set(hops.flatMap(({ from, to }) => [from, to]));
    const keysOf = (side: 'first' | 'second', topic: string): QualifiedKey[] =>
      [...names]
        .filter((name) => name.startsWith(`${topic}:`))
        .map((name) => ({ name, side, key: name.slice(topic.length + 1) }));
    this.#qualified = [...keysOf('first', firstTopic), ...keysOf('second', secondTopic)];
  }

  /**
   * The stamps of both records, those of the second before those of the first where both have one, and what the hop
   * table asks of one of them by `TOPIC:STAMP`; `TOPIC:now` is the arrival of that record. The reading arrived when the
   * second one did.
   */
  of(pair: RecordPair): Reading {
    const { first, second } = pair;
    const reading: Reading = extended(first.reading, second.reading);
    reading[KAFKA_TIMESTAMP] = arrivalOf(second);
    for (const { name, side, key } of this.#qualified) {
      const record = pair[side];
      reading[name] = key === NOW ? arrivalOf(record) : record.reading[key];
    }
    return reading;
  }
}
