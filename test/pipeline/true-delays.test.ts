import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { delaySummary, QUANTILES, type DelaySummary } from '../../lib/latency/delay-summary';
import type { HopSummary } from '../../lib/latency/latency-monitor';
import { trueTime } from '../support/shifted-clock';
import { CLOCK, injected, LOST, READINGS, runDelayedPipeline, type Reading } from './delayed-pipeline';

/** More than the chain itself takes beside what is injected, on a machine that has other things to do. */
const OWN_MS = 250;

const summaryOf = (values: readonly number[]): DelaySummary => delaySummary(Float64Array.from(values).sort());
const bridgedAt = (reading: Reading): number => trueTime(reading['Bridge_Timestamp']!, CLOCK);

/** Every figure within its stated error of the truth. */
function withinStatedErrors(reported: HopSummary, truth: DelaySummary): void {
  for (const name of QUANTILES) {
    const error = Math.abs(reported[name] - truth[name]);
    const text = `${reported.label}: ${name} ${reported[name]} ± ${reported.errors[name]}, in truth ${truth[name]}`;
    assert.ok(error <= reported.errors[name], text);
  }
  assert.equal(reported.count, truth.count);
}

/** No figure below what was injected, and none far above in the middle. */
function showsWhatWasInjected(reported: HopSummary, delays: readonly number[]): void {
  const injectedDelays = summaryOf(delays);
  for (const name of QUANTILES) {
    const text = `${reported.label}: ${name} ${reported[name]} ± ${reported.errors[name]}, injected ${injectedDelays[name]}`;
    assert.ok(reported[name] >= injectedDelays[name] - reported.errors[name], text);
  }
  assert.ok(reported.median <= injectedDelays.median + reported.errors.median + OWN_MS, reported.label);
}

test(
  'delays at every hop, a shifted clock, lost and doubled records: each quantile is within its stated error',
  { timeout: 200_000 },
  async (t: TestContext) => {
    const { readings, replies, summaries, held, clocks } = await runDelayedPipeline(t);
    const reported = (label: string): HopSummary => summaries.find((summary) => summary.label === label)!;

    await t.test('the clock of the other machine is known within half the round trip', () => {
      const [clock] = clocks;
      assert.equal(clock!.machine, 'server');
      const now = Date.now();
      const truth = CLOCK.aheadMs + (CLOCK.ppm / 1e6) * (now - CLOCK.originMs);
      assert.ok(Math.abs(clock!.offsetMs - truth) <= clock!.errorMs + 1, `${clock!.offsetMs} ± ${clock!.errorMs}`);
      // 10 ms there and 30 ms back were injected: NTP cannot tell the two ways apart, and says so.
      assert.ok(clock!.roundTripMs >= 40 && clock!.errorMs >= 20);
    });

    await t.test('MQTT: constant delays, and 10 % at 200 ms', () => {
      assert.equal(readings.length, READINGS);
      const truth = readings.map((reading) => bridgedAt(reading) - reading['MQTT_Timestamp']!);
      withinStatedErrors(reported('MQTT'), summaryOf(truth));
      showsWhatWasInjected(
        reported('MQTT'),
        readings.map(({ Sequence }) => held.get(Sequence!)! + injected.toBridgeMs),
      );
      assert.ok(reported('MQTT').p95 >= 200 + injected.toBridgeMs - reported('MQTT').errors.p95);
    });

    await t.test('Kafka: a constant delay to the broker, and one that grows to the consumer', () => {
      const truth = readings.map((reading) => reading['Kafka_Timestamp']! - bridgedAt(reading));
      withinStatedErrors(reported('Kafka'), summaryOf(truth));
      const delays = readings.map(
        (reading) => injected.toKafkaMs + injected.driftOfArrivalMs(reading['Kafka_Timestamp']!),
      );
      showsWhatWasInjected(reported('Kafka'), delays);
      assert.ok(Math.max(...delays) - Math.min(...delays) > 20, 'the delay has grown');
    });

    const partnerOf = new Map(replies.map((reply) => [reply['MQTT_Timestamp']!, reply] as const).reverse());
    const through = readings.flatMap((reading) => {
      const reply = partnerOf.get(reading['MQTT_Timestamp']!);
      return reply ? [reply['Kafka_Timestamp']! - reading['Kafka_Timestamp']!] : [];
    });

    await t.test('the model: pairs are right with 5 % of its records lost and 5 % doubled', () => {
      withinStatedErrors(reported('model'), summaryOf(through));
      assert.equal(through.length, READINGS - LOST.length);
    });

    await t.test('pairing the n-th record of one topic with the n-th of the other is wrong on the same records', () => {
      const nth = replies
        .slice(0, readings.length)
        .map((reply, n) => reply['Kafka_Timestamp']! - readings[n]!['Kafka_Timestamp']!);
      const wrong = { ...reported('model'), ...summaryOf(nth) };
      assert.throws(() => withinStatedErrors(wrong, summaryOf(through)), assert.AssertionError);
      for (const name of ['q3', 'p95', 'max'] as const) {
        assert.ok(Math.abs(wrong[name] - summaryOf(through)[name]) > 2 * wrong.errors[name], `${name} ${wrong[name]}`);
      }
    });
  },
);
