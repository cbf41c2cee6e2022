import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { HopSummary } from '../../lib/latency/latency-monitor';
import { Runtime } from '../support/runtime';
import { until } from '../support/until';

const HOPS = [
  { from: 'Readings:now', to: 'Replies:now', label: 'through the model', clockOffsetMs: 0 },
  { from: 'MQTT_Timestamp', to: 'now', label: 'all', clockOffsetMs: 0 },
];
const AT = 1_700_000_000_000;
const flow = (more: Record<string, unknown> = {}): Parameters<typeof Runtime.start>[2] => [
  { id: 'f', type: 'tab' },
  {
    ...{ id: 'l', type: 'kafka-latency', z: 'f', hops: HOPS, pairing: 'stamp', pairSeconds: '0.2' },
    ...{ firstTopic: 'Readings', secondTopic: 'Replies', summaryEvery: 'seconds', summarySeconds: 0.1 },
    ...{ rejectedOutput: true, outputs: 3, wires: [['delays'], ['summary'], ['bad']] },
    ...more,
  },
  ...['delays', 'summary', 'bad'].map((id) => ({ id, type: 'helper', z: 'f' })),
];
const reading = (i: number) => ({
  ...{ topic: 'Readings', key: `k${i}` },
  payload: { Source: 'board', Sequence: i, MQTT_Timestamp: AT + i, Kafka_Timestamp: AT + i + 4 },
});
const reply = (i: number, delayMs: number) => ({
  ...{ topic: 'Replies', key: `k${i}` },
  payload: { 'Green Life': 30.5, MQTT_Timestamp: AT + i, Kafka_Timestamp: AT + i + 4 + delayMs },
});

it('pairs the records of two topics by the stamp that passed through, whichever comes first', async (t) => {
  const runtime = await Runtime.start(t, ['kafka-latency'], flow());
  const delays = runtime.record('delays');
  for (const message of [reading(1), reply(2, 20), reading(3), reply(1, 10), reading(2), reply(3, 30), reply(3, 99)]) {
    runtime.send('l', message);
  }
  await until(() => delays.length === 3, 5_000);
  assert.deepEqual(
    delays.map(({ payload }) => payload),
    [1, 2, 3].map((i) => ({
      ...{ measurement: 'Timestamp', tags: { location: 'Germany', Source: 'board' }, time: AT + i, nanoseconds: i },
      fields: { 'through the model': 10 * i, all: 10 * i + 4 },
    })),
  );
});

it('says with the summary how many were paired, came twice, or wait in vain, even when nothing more comes', async (t) => {
  const runtime = await Runtime.start(t, ['kafka-latency'], flow());
  const summaries = runtime.record('summary');
  for (const message of [reading(1), reading(1), reply(1, 10), reply(1, 10), reading(2), reply(3, 5)]) {
    runtime.send('l', message);
  }
  const last = (): Record<string, number> => summaries.at(-1)?.['pairing'] as Record<string, number>;
  await until(() => last()?.['unpairedSecond'] === 1, 5_000);
  assert.deepEqual(last(), {
    ...{ paired: 1, unpairedFirst: 1, unpairedSecond: 1, duplicates: 2, ambiguous: 0, waiting: 0 },
  });
  assert.equal((summaries.at(-1)!.payload as HopSummary[])[0]?.median, 10);
  const seen = summaries.length;
  await new Promise((resolve) => setTimeout(resolve, 350));
  assert.equal(summaries.length, seen, 'nothing new, nothing said');
});

it('pairs by the key of the record, and gives up on what has none or is of another topic', async (t) => {
  const runtime = await Runtime.start(t, ['kafka-latency'], flow({ pairing: 'key' }));
  const [delays, bad] = [runtime.record('delays'), runtime.record('bad')];
  runtime.send('l', reading(7));
  runtime.send('l', { ...reply(7, 3), key: null });
  runtime.send('l', { ...reply(7, 3), topic: 'Elsewhere' });
  // A batch is one message with the key of its first record only.
  runtime.send('l', { ...reply(7, 3), payload: [reply(7, 3).payload] });
  runtime.send('l', reply(7, 3));
  await until(() => delays.length === 1 && bad.length === 3, 5_000);
  assert.deepEqual(
    bad.map(({ error }) => error?.code),
    ['LATENCY_KEY', 'LATENCY_TOPIC', 'LATENCY_KEY'],
  );
});

it('pairs within batches by the values of the readings', async (t) => {
  const runtime = await Runtime.start(t, ['kafka-latency'], flow({ pairing: 'fields', pairKeys: 'MQTT_Timestamp' }));
  const next = runtime.next('delays');
  const batch = (messages: { payload: object; topic: string }[]) => ({
    ...messages[0]!,
    payload: messages.map(({ payload }) => payload),
  });
  runtime.send('l', batch([reading(1), reading(2), reading(3)]));
  runtime.send('l', batch([reply(3, 30), reply(1, 10)]));
  const points = (await next).payload as { fields: Record<string, number> }[];
  assert.deepEqual(
    points.map(({ fields }) => fields['through the model']),
    [30, 10],
  );
});

it('pairs between the same topic twice are refused with one error', async (t) => {
  const runtime = await Runtime.start(t, ['kafka-latency'], flow({ secondTopic: 'Readings' }));
  const lines = runtime.log().filter(([level]) => level <= 20);
  assert.equal(lines.length, 1);
  assert.match(lines[0]![1], /name both/);
});
