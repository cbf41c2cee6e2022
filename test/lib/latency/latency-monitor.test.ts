import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { delaySummary } from '../../../lib/latency/delay-summary';
import { defaultHops, NOW } from '../../../lib/latency/hop-table';
import { LatencyMonitor, type LatencyMonitorOptions } from '../../../lib/latency/latency-monitor';
import { garbageCollector } from '../../support/collect-garbage';
import { seededRandom } from '../../support/seeded-random';

const hops = [
  { from: 'MQTT_Timestamp', to: 'Bridge_Timestamp', label: 'bridge', clockOffsetMs: 0 },
  { from: 'Bridge_Timestamp', to: NOW, label: 'kafka', clockOffsetMs: 0 },
];
const monitorOf = (options: Partial<LatencyMonitorOptions> = {}): LatencyMonitor =>
  new LatencyMonitor({ hops, window: { maxCount: 100, maxAgeMs: Infinity }, ...options });

describe('LatencyMonitor', () => {
  it('summarises the last delays of each hop as sorting them does', () => {
    const random = seededRandom(3);
    const monitor = monitorOf({ window: { maxCount: 100, maxAgeMs: 2000 } });
    const seen: { timeMs: number; bridge: number; kafka: number }[] = [];
    for (let i = 0; i < 1000; i++) {
      const timeMs = 10_000 + i * 25;
      const bridge = Math.floor(random() * 20);
      const kafka = random() * 5;
      const stamp = timeMs - kafka;
      monitor.observe({ MQTT_Timestamp: stamp - bridge, Bridge_Timestamp: stamp, Sequence: i, Source: 'b' }, timeMs);
      seen.push({ timeMs, bridge: stamp - (stamp - bridge), kafka: timeMs - stamp });
      if (i % 50 !== 0) continue;
      const inside = seen.slice(-100).filter((entry) => entry.timeMs > timeMs - 2000);
      const expected = (['bridge', 'kafka'] as const).map((label) => ({
        ...{ source: 'b', label },
        ...delaySummary(Float64Array.from(inside, (entry) => entry[label]).sort()),
      }));
      const summaries = monitor.summaries(timeMs).map(({ errors, clockAheadAtMost, ...rest }) => {
        // Whole stamps at both ends, one clock, every delay kept.
        assert.deepEqual(new Set(Object.values(errors)), new Set([1]));
        assert.equal(clockAheadAtMost, rest.min + 1);
        return rest;
      });
      assert.deepEqual(summaries, expected);
    }
  });

  it('ends hops to now at Kafka_Timestamp where the reading has it, else at its arrival', () => {
    const monitor = monitorOf();
    assert.equal(monitor.observe({ Bridge_Timestamp: 100, Kafka_Timestamp: 103 }, 150)?.[0]?.delayMs, 3);
    assert.equal(monitor.observe({ Bridge_Timestamp: 100 }, 150)?.[0]?.delayMs, 50);
    assert.equal(monitor.observe({ Bridge_Timestamp: 100, Kafka_Timestamp: 'soon' }, 150)?.[0]?.delayMs, 50);
  });

  it('counts a reading once, however often and in whatever order its source sends it', () => {
    const monitor = monitorOf();
    const random = seededRandom(5);
    const sent = Array.from({ length: 3000 }, (_, i) => i);
    const shuffled = [...sent, ...sent, ...sent].map((value) => ({ value, key: value + random() * 2000 }));
    shuffled.sort((a, b) => a.key - b.key);
    let counted = 0;
    for (const { value } of shuffled) {
      if (monitor.observe({ Source: 'board', Sequence: value, MQTT_Timestamp: 1, Bridge_Timestamp: 2 }, 3))
        counted += 1;
    }
    assert.equal(counted, 3000);
    assert.deepEqual({ observed: monitor.observed, repeats: monitor.repeats }, { observed: 3000, repeats: 6000 });
  });

  it('takes the same Sequence of another Source, and every reading without one, as new', () => {
    const monitor = monitorOf();
    assert.ok(monitor.observe({ Source: 'a', Sequence: 1 }, 0));
    assert.ok(monitor.observe({ Source: 'b', Sequence: 1 }, 0));
    for (const Sequence of [undefined, -1, 1.5, '1', null]) {
      assert.ok(monitor.observe({ Source: 'a', Sequence }, 0), String(Sequence));
      assert.ok(monitor.observe({ Source: 'a', Sequence }, 0), String(Sequence));
    }
    assert.equal(monitor.observe({ Source: 'a', Sequence: 1 }, 0), undefined);
  });

  it('keeps the statistics of sources apart', () => {
    const monitor = monitorOf();
    for (let i = 0; i < 10; i++) {
      monitor.observe({ Source: 'near', MQTT_Timestamp: 0, Bridge_Timestamp: 1 }, 2);
      monitor.observe({ Source: 'far', MQTT_Timestamp: 0, Bridge_Timestamp: 200 }, 300);
    }
    const medians = monitor.summaries(0).map(({ source, label, median }) => [source, label, median]);
    assert.deepEqual(medians, [
      ['near', 'bridge', 1],
      ['near', 'kafka', 1],
      ['far', 'bridge', 200],
      ['far', 'kafka', 100],
    ]);
  });

  it('forgets the source heard least recently when there are too many', () => {
    const monitor = monitorOf({ maxSources: 2 });
    for (const Source of ['a', 'b', 'a', 'c']) monitor.observe({ Source, Bridge_Timestamp: 0 }, 1);
    assert.deepEqual([...new Set(monitor.summaries(1).map(({ source }) => source))], ['a', 'c']);
  });

  it('leaves out hops never measured and windows that have aged out', () => {
    const monitor = monitorOf({ window: { maxCount: 10, maxAgeMs: 1000 } });
    monitor.observe({ Bridge_Timestamp: 0 }, 5);
    assert.deepEqual(
      monitor.summaries(5).map(({ label }) => label),
      ['kafka'],
    );
    assert.deepEqual(monitor.summaries(1005), []);
  });

  it('flags negative delays in the summary instead of hiding them', () => {
    const monitor = monitorOf();
    for (const Bridge_Timestamp of [95, 105]) monitor.observe({ MQTT_Timestamp: 100, Bridge_Timestamp }, 110);
    assert.equal(monitor.negatives, 1);
    const { min, negativeCount, count } = monitor.summaries(110)[0] ?? assert.fail('no summary');
    assert.deepEqual({ min, negativeCount, count }, { min: -5, negativeCount: 1, count: 2 });
  });

  it('tells readings without any stamp apart from measured ones', () => {
    const monitor = monitorOf();
    monitor.observe({ Bridge_Timestamp: 0 }, 1);
    assert.deepEqual(monitor.observe({ Temperature: 20 }, 1), []);
    assert.deepEqual([monitor.observed, monitor.unmeasured], [1, 1]);
  });

  it('forgets all on clear', () => {
    const monitor = monitorOf();
    monitor.observe({ Source: 'a', Sequence: 1, Bridge_Timestamp: 0 }, 1);
    monitor.clear();
    assert.deepEqual(monitor.summaries(1), []);
    assert.ok(monitor.observe({ Source: 'a', Sequence: 1 }, 1));
  });

  it('refuses a hop table that is empty or names two hops alike, and limits that are no whole number above 0', () => {
    assert.throws(() => monitorOf({ hops: [] }), /hop table is empty/);
    assert.throws(() => monitorOf({ hops: [...defaultHops, ...defaultHops] }), /same label/);
    assert.throws(() => monitorOf({ maxSources: 0 }), /above 0/);
    assert.throws(() => monitorOf({ window: { maxCount: 0, maxAgeMs: 1 } }), /above 0/);
  });

  it('takes no more memory after 100,000 further readings of eight hops', { timeout: 30_000 }, () => {
    const gc = garbageCollector();
    const monitor = monitorOf({ hops: defaultHops });
    const feed = (from: number): number => {
      for (let i = from; i < from + 100_000; i++) {
        const stamps = {
          MQTT_Timestamp: i,
          Bridge_Timestamp: i + 1,
          Java_Processed_Time: i + 2,
          Model_Reply_Time: i + 3,
        };
        monitor.observe({ ...stamps, Matlab_Processed_TimeMs: i + 4, Source: 'board', Sequence: i }, i + 5);
      }
      gc();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    feed(0);
    const before = feed(100_000);
    assert.ok(feed(200_000) - before < 1_000_000, 'grew by more than 1 MB');
  });
});
