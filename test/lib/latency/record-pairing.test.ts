import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PairRecord, RecordPairing, type RecordPairingOptions } from '../../../lib/latency/record-pairing';
import { PairedReading } from '../../../lib/latency/paired-reading';
import type { Reading } from '../../../lib/reading/reading';
import { TwinError } from '../../../lib/reading/twin-error';
import { seededRandom } from '../../support/seeded-random';

const pairingOf = (options: Partial<RecordPairingOptions> = {}): RecordPairing =>
  new RecordPairing({
    ...{ firstTopic: 'in', secondTopic: 'out', by: ['MQTT_Timestamp'], timeoutMs: 1_000, maxRecords: 100 },
    ...options,
  });
const record = (topic: string, reading: Reading, key: string | null = null, arrivalMs = 0): PairRecord => ({
  ...{ topic, key, reading, arrivalMs },
});
const code = (wanted: string) => (error: unknown) => error instanceof TwinError && error.code === wanted;

describe('RecordPairing', () => {
  it('pairs by what the records carry, in any order, with 5 % lost and 5 % doubled on both topics', () => {
    const random = seededRandom(4);
    const arrivals: { record: PairRecord; at: number }[] = [];
    const sides = { in: new Set<number>(), out: new Set<number>() };
    for (let i = 0; i < 4_000; i++) {
      for (const topic of ['in', 'out'] as const) {
        const luck = random();
        if (luck < 0.05) continue;
        sides[topic].add(i);
        for (let copies = luck < 0.1 ? 2 : 1; copies > 0; copies--) {
          arrivals.push({
            record: record(topic, { MQTT_Timestamp: i, Sequence: i, side: topic }),
            at: i * 10 + random() * 400,
          });
        }
      }
    }
    arrivals.sort((a, b) => a.at - b.at);
    const pairing = pairingOf({ maxRecords: 1_000 });
    const paired = new Set<number>();
    for (const { record: arrived, at } of arrivals) {
      const pair = pairing.offer(arrived, at);
      if (!pair) continue;
      assert.equal(pair.first.reading['MQTT_Timestamp'], pair.second.reading['MQTT_Timestamp']);
      assert.deepEqual([pair.first.topic, pair.second.topic], ['in', 'out']);
      assert.ok(!paired.has(Number(pair.first.reading['Sequence'])), 'no reading is paired twice');
      paired.add(Number(pair.first.reading['Sequence']));
    }
    pairing.expire(Infinity);
    const both = [...sides.in].filter((i) => sides.out.has(i));
    assert.deepEqual(
      [...paired].sort((a, b) => a - b),
      both,
    );
    assert.deepEqual(pairing.counts, {
      paired: both.length,
      unpairedFirst: sides.in.size - both.length,
      unpairedSecond: sides.out.size - both.length,
      duplicates: arrivals.length - sides.in.size - sides.out.size,
      ...{ ambiguous: 0, waiting: 0 },
    });
  });

  it('pairs by the key of the record, or by several values', () => {
    const byKey = pairingOf({ by: 'key' });
    byKey.offer(record('in', { a: 1 }, 'k'), 0);
    assert.ok(byKey.offer(record('out', { b: 2 }, 'k'), 0));
    assert.throws(() => byKey.offer(record('out', { b: 2 }), 0), code('LATENCY_KEY'));

    const byValues = pairingOf({ by: ['Source', 'Sequence'] });
    byValues.offer(record('in', { Source: 'a', Sequence: 1 }), 0);
    byValues.offer(record('in', { Source: 'b', Sequence: 1 }), 0);
    assert.equal(byValues.offer(record('out', { Source: 'b', Sequence: 1 }), 0)?.first.reading['Source'], 'b');
    assert.throws(() => byValues.offer(record('out', { Source: 'b' }), 0), code('LATENCY_KEY'));
  });

  it('gives up what waits longer than the time-out, and then takes its other half for one of its own', () => {
    const pairing = pairingOf();
    pairing.offer(record('in', { MQTT_Timestamp: 1 }), 0);
    assert.equal(pairing.offer(record('out', { MQTT_Timestamp: 1 }), 1_000), undefined);
    pairing.expire(2_000);
    const { unpairedFirst, unpairedSecond, waiting } = pairing.counts;
    assert.deepEqual({ unpairedFirst, unpairedSecond, waiting }, { unpairedFirst: 1, unpairedSecond: 1, waiting: 0 });
  });

  it('remembers no more records than it may: the oldest goes, and is counted', () => {
    const pairing = pairingOf({ maxRecords: 10 });
    for (let i = 0; i < 25; i++) pairing.offer(record('in', { MQTT_Timestamp: i }), 0);
    assert.deepEqual([pairing.counts.waiting, pairing.counts.unpairedFirst], [10, 15]);
    assert.equal(pairing.offer(record('out', { MQTT_Timestamp: 14 }), 0), undefined);
    assert.ok(pairing.offer(record('out', { MQTT_Timestamp: 20 }), 0));
  });

  it('pairs neither of two different readings that share a stamp, as which is which cannot be said', () => {
    const pairing = pairingOf();
    pairing.offer(record('in', { MQTT_Timestamp: 1, Source: 'a', Sequence: 1 }), 0);
    pairing.offer(record('in', { MQTT_Timestamp: 1, Source: 'b', Sequence: 9 }), 0);
    assert.equal(pairing.offer(record('out', { MQTT_Timestamp: 1 }), 0), undefined);
    assert.deepEqual([pairing.counts.ambiguous, pairing.counts.paired, pairing.counts.waiting], [3, 0, 0]);
    // Nor two halves that say that they are not one reading.
    pairing.offer(record('in', { MQTT_Timestamp: 2, Sequence: 1 }), 0);
    assert.equal(pairing.offer(record('out', { MQTT_Timestamp: 2, Sequence: 2 }), 0), undefined);
  });

  it('refuses a record of a third topic, and a table that names no two topics', () => {
    assert.throws(() => pairingOf().offer(record('other', { MQTT_Timestamp: 1 }), 0), code('LATENCY_TOPIC'));
    assert.throws(() => pairingOf({ secondTopic: 'in' }), code('LATENCY_OPTIONS'));
    assert.throws(() => pairingOf({ by: [] }), code('LATENCY_OPTIONS'));
  });
});

describe('PairedReading', () => {
  it('has the stamps of both, those that the hop table asks of one topic in particular, and the arrival of the second', () => {
    const hop = (from: string, to: string) => ({ from, to, label: `${from} ${to}`, clockOffsetMs: 0 });
    const hops = [hop('in:now', 'out:now'), hop('in:Bridge_Timestamp', 'now'), hop('out:Missing', 'now')];
    const first = record('in', { MQTT_Timestamp: 1, Bridge_Timestamp: 5, Kafka_Timestamp: 7 }, null, 99);
    const second = record('out', { MQTT_Timestamp: 1, Bridge_Timestamp: 20 }, null, 30);
    assert.deepEqual(new PairedReading(hops, 'in', 'out').of({ first, second }), {
      ...{ MQTT_Timestamp: 1, Bridge_Timestamp: 20, Kafka_Timestamp: 30 },
      ...{ 'in:now': 7, 'out:now': 30, 'in:Bridge_Timestamp': 5, 'out:Missing': undefined },
    });
  });
});
