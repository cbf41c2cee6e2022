import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defaultHops, NOW } from '../../../lib/latency/hop-table';
import { readingDelays, type HopDelay, type MeasuredHop } from '../../../lib/latency/reading-delays';

const offset = undefined;
const hops: readonly MeasuredHop[] = [
  { from: 'A', to: 'B', label: 'a to b', clockOffsetMs: 0, index: 0, offset },
  { from: 'B', to: NOW, label: 'b to here', clockOffsetMs: 900, index: 1, offset },
];
const brief = (delays: readonly HopDelay[]): unknown[] =>
  delays.map(({ label, delayMs, negative }) => ({ label, delayMs, negative }));

describe('readingDelays', () => {
  it('measures from stamp to stamp and from stamp to arrival, less the clock offset', () => {
    assert.deepEqual(brief(readingDelays(Object.freeze({ A: 1000, B: 1003 }), hops, 1910, 1910)), [
      { label: 'a to b', delayMs: 3, negative: false },
      { label: 'b to here', delayMs: 7, negative: false },
    ]);
  });

  it('leaves out a hop whose stamp is missing or is no number, and invents nothing for it', () => {
    assert.deepEqual(readingDelays({ A: 1000 }, hops, 2000, 2000), []);
    for (const B of [null, '1003', NaN, Infinity, [1003], true]) {
      assert.deepEqual(readingDelays({ A: 1000, B }, hops, 2000, 2000), [], String(B));
    }
  });

  it('keeps a negative delay and flags it', () => {
    assert.deepEqual(brief(readingDelays({ A: 1000, B: 999.5 }, hops.slice(0, 1), 0, 0)), [
      { label: 'a to b', delayMs: -0.5, negative: true },
    ]);
  });
});

describe('readingDelays between two clocks', () => {
  it('subtracts what is known of the clocks at that moment, and says how far it may be wrong', () => {
    const drifting: MeasuredHop = { ...hops[0]!, offset: (nowMs) => ({ offsetMs: nowMs / 10, errorMs: 0.5 }) };
    const [delay] = readingDelays({ A: 1000, B: 1203 }, [drifting], 0, 2000);
    assert.deepEqual([delay?.delayMs, delay?.offsetMs, delay?.clockErrorMs], [3, 200, 0.5]);
  });

  it('leaves out a hop whose clocks are not known yet', () => {
    const unknown: MeasuredHop = { ...hops[0]!, offset: () => undefined };
    assert.deepEqual(readingDelays({ A: 1000, B: 1203 }, [unknown], 0, 2000), []);
  });
});

describe('defaultHops', () => {
  it('has the hops of the reference pipeline, each under its own label, for a reading with all stamps', () => {
    const reading = {
      MQTT_Timestamp: 0,
      Bridge_Timestamp: 1,
      Java_Processed_Time: 10,
      Matlab_Processed_TimeMs: 30,
      Model_Reply_Time: 60,
    };
    const table = defaultHops.map((hop, index) => ({ ...hop, index, offset }));
    const delays = Object.fromEntries(readingDelays(reading, table, 100, 100).map((hop) => [hop.label, hop.delayMs]));
    assert.deepEqual(delays, {
      'MQTT Bridge Time Diff': 1,
      'Bridge_Kafka_Time Diff': 99,
      'Bridge Matlab Time diff': 29,
      'Bridge Java Time diff': 9,
      'Matlab Kafka Time diff': 70,
      'Java Kafka Time diff': 90,
      'Java Matlab Queue Time diff': 20,
      'Model Processing Time diff': 50,
    });
    assert.equal(Object.keys(delays).length, defaultHops.length);
  });
});
