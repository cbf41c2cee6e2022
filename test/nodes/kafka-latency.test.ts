import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import type { HopSummary } from '../../lib/latency/latency-monitor';
import { Runtime } from '../support/runtime';
import { influxUrl } from '../support/servers';
import { until } from '../support/until';

const HOPS = [
  { from: 'MQTT_Timestamp', to: 'Bridge_Timestamp', label: 'bridge', clockOffsetMs: 0 },
  { from: 'Bridge_Timestamp', to: 'now', label: 'kafka', clockOffsetMs: '900' },
];
const flow = (more: Record<string, unknown> = {}): Parameters<typeof Runtime.start>[2] => [
  { id: 'f', type: 'tab' },
  {
    ...{ id: 'l', type: 'kafka-latency', z: 'f', hops: HOPS, summaryEvery: 'readings', summaryReadings: '3' },
    ...{ rejectedOutput: true, outputs: 3, wires: [['delays'], ['summary'], ['bad']] },
    ...more,
  },
  { id: 'delays', type: 'helper', z: 'f' },
  { id: 'summary', type: 'helper', z: 'f' },
  { id: 'bad', type: 'helper', z: 'f' },
];
const types = ['kafka-latency'];
const reading = (Sequence: number, at = 1_700_000_000_000) => ({
  ...{ Source: 'board', Sequence, MQTT_Timestamp: at, Bridge_Timestamp: at + 4, Kafka_Timestamp: at + 1_006 },
});
const point = (Sequence: number, time = 1_700_000_000_000) => ({
  ...{ measurement: 'Timestamp', tags: { location: 'Germany', Source: 'board' } },
  ...{ fields: { bridge: 4, kafka: 102 }, time, nanoseconds: Sequence },
});

it('makes of a reading a point with one delay for each hop, and lets the rest of the message through', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const next = runtime.next('delays');
  runtime.send('l', { payload: reading(1), topic: 'RealTime_Data' });
  const message = await next;
  assert.deepEqual([message.payload, message.topic], [point(1), 'RealTime_Data']);
});

it('answers a batch with a batch, and a reading that came before with nothing', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const messages = runtime.record('delays');
  runtime.send('l', { payload: [reading(1), reading(2, 1_700_000_000_005), reading(1)] });
  runtime.send('l', { payload: reading(2) });
  runtime.send('l', { payload: [reading(3)] });
  await until(() => messages.length === 2, 5_000);
  assert.deepEqual(
    messages.map(({ payload }) => payload),
    [[point(1), point(2, 1_700_000_000_005)], [point(3)]],
  );
});

it('sends the summary after so many measured readings, repeats not counted', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const summaries = runtime.record('summary');
  for (const sequence of [1, 1, 1, 2]) runtime.send('l', { payload: reading(sequence) });
  runtime.send('l', { payload: { ...reading(3), Bridge_Timestamp: 1_699_999_999_990 } });
  await until(() => summaries.length === 1, 5_000);
  const [bridge, kafka] = summaries[0]!.payload as HopSummary[];
  assert.deepEqual(
    [bridge?.source, bridge?.label, bridge?.count, bridge?.min, bridge?.median, bridge?.max, bridge?.negativeCount],
    ['board', 'bridge', 3, -10, 4, 4, 1],
  );
  assert.deepEqual([kafka?.label, kafka?.count, kafka?.min], ['kafka', 3, 102]);
});

it('sends the summary by time while something new arrives, and none when nothing does', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ summaryEvery: 'seconds', summarySeconds: 0.1 }));
  const summaries = runtime.record('summary');
  runtime.send('l', { payload: reading(1) });
  await until(() => summaries.length === 1, 5_000);
  await new Promise((resolve) => setTimeout(resolve, 350));
  assert.equal(summaries.length, 1);
  runtime.send('l', { payload: reading(2) });
  await until(() => summaries.length === 2, 5_000);
});

it('what is no reading costs exactly itself', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const [delays, bad] = [runtime.record('delays'), runtime.record('bad')];
  runtime.send('l', { payload: [reading(1), 7, 'no json', null, reading(2)] });
  await until(() => delays.length === 1 && bad.length === 3, 5_000);
  assert.equal((delays[0]!.payload as unknown[]).length, 2);
  assert.deepEqual(
    bad.map(({ payload, error }) => [payload, error?.code]),
    [
      [7, 'READING_NOT_AN_OBJECT'],
      ['no json', 'READING_NOT_JSON'],
      [null, 'READING_NOT_AN_OBJECT'],
    ],
  );
});

it('a reading without stamps gives no delay, and the status says so', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const messages = runtime.record('delays');
  const status = runtime.status('l', /stampless/);
  runtime.send('l', { payload: { 'Ambient Temperature': 20 } });
  assert.equal((await status).fill, 'grey');
  const measured = runtime.status('l', /status\.quantiles/);
  runtime.send('l', { payload: reading(1) });
  assert.equal((await measured).fill, 'green');
  await until(() => messages.length === 1, 5_000);
});

it('negative delays show in the status', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const status = runtime.status('l', /status\.negative/);
  runtime.send('l', { payload: { ...reading(1), Bridge_Timestamp: 1 } });
  await status;
});

it('forgets all that it measured when msg.reset is true', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ summaryReadings: 1 }));
  const summaries = runtime.record('summary');
  runtime.send('l', { payload: reading(1) });
  runtime.send('l', { reset: true });
  runtime.send('l', { payload: reading(1) });
  await until(() => summaries.length === 2, 5_000);
  assert.equal((summaries[1]!.payload as HopSummary[])[0]?.count, 1);
});

it('a hop table that cannot work is refused with one error that says why', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ hops: [HOPS[0], HOPS[0]] }));
  const lines = runtime.log().filter(([level]) => level <= 20);
  assert.equal(lines.length, 1);
  assert.match(lines[0]![1], /same label/);
  assert.doesNotMatch(lines[0]![1], /\n\s+at /);
});

it('its points are what InfluxDB write writes', async (t) => {
  const measurement = `Timestamp-${randomUUID()}`;
  const database = `latency_${randomUUID().replaceAll('-', '')}`;
  const query = async (q: string): Promise<Record<string, unknown>[]> => {
    const answer = await fetch(`${influxUrl()}/query?db=${database}&q=${encodeURIComponent(q)}`, { method: 'POST' });
    const { results } = (await answer.json()) as {
      results: { series?: { columns: string[]; values: unknown[][] }[] }[];
    };
    const [series] = results[0]?.series ?? [];
    return (series?.values ?? []).map((row) =>
      Object.fromEntries(series!.columns.map((column, i) => [column, row[i]])),
    );
  };
  await query(`CREATE DATABASE ${database}`);
  t.after(() => query(`DROP DATABASE ${database}`));
  const [tab, latency] = flow({ measurement, wires: [['w'], [], []] });
  const runtime = await Runtime.start(
    t,
    ['influx-twin-database', 'influx-twin-write', ...types],
    [
      tab!,
      latency!,
      { id: 'd', type: 'influx-twin-database', url: influxUrl(), version: '1', database },
      { id: 'w', type: 'influx-twin-write', z: 'f', database: 'd', wires: [] },
    ],
  );
  runtime.send('l', { payload: [reading(1), reading(2, 1_700_000_000_005)] });
  await until(async () => (await query(`SELECT * FROM "${measurement}"`)).length === 2, 10_000, 'two points');
  const [first] = await query(`SELECT * FROM "${measurement}"`);
  assert.deepEqual(
    { ...first, time: Date.parse(String(first!['time'])) },
    { bridge: 4, kafka: 102, location: 'Germany', Source: 'board', time: 1_700_000_000_000 },
  );
});
