import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { Runtime, type Message } from '../support/runtime';
import { until } from '../support/until';

const START = Date.UTC(2024, 0, 1);
interface Scored {
  time: number;
  value: number;
  expected: number;
  score: number;
  source: string;
}
const season = (i: number): number => 20 + 3 * Math.sin((2 * Math.PI * i) / 12) + 0.2 * Math.sin(i * i);
const reading = (i: number, value = season(i)) => ({
  ...{ 'Ambient Temperature': value, MQTT_Timestamp: START + i * 1000, Source: 'A', Sequence: i },
});
const types = ['twin-decompose'];
const flow = (options: Record<string, unknown>): Parameters<typeof Runtime.start>[2] => [
  { id: 'tab', type: 'tab' },
  {
    ...{ id: 'decompose', type: 'twin-decompose', z: 'tab', input: 'readings', window: 120, every: 60 },
    ...{ period: '12', anomaliesOutput: true, wires: [['out'], ['odd'], ['scored'], []], ...options },
  },
  ...['out', 'odd', 'scored'].map((id) => ({ id, type: 'recorder', z: 'tab' })),
];
const start = async (t: TestContext, options: Record<string, unknown> = {}) => Runtime.start(t, types, flow(options));
const scoredOf = (messages: Message[]): Scored[] => messages.flatMap(({ payload }) => payload as Scored[]);

test('each reading is scored against the last decomposition, an odd one is named at once, without a new decomposition', async (t) => {
  const runtime = await start(t);
  const [out, odd, scored] = ['out', 'odd', 'scored'].map((id) => runtime.recorded(id));
  for (let i = 0; i < 60; i++) runtime.send('decompose', { payload: reading(i) });
  await until(() => out!.length > 0, 5000, 'a decomposition');
  const made = out!.length;
  const before = scoredOf(scored!).length;
  for (let i = 60; i < 75; i++) runtime.send('decompose', { payload: reading(i, season(i) + (i === 70 ? 5 : 0)) });
  await until(() => scoredOf(scored!).length === before + 15, 5000, 'the scores');
  assert.equal(out!.length, made);
  const named = scoredOf(odd!).filter(({ time }) => time >= START + 60_000);
  assert.deepEqual(
    named.map(({ time, source }) => [time, source]),
    [[START + 70_000, 'A']],
  );
  assert.ok(named[0]!.score > 10 && Math.abs(named[0]!.expected - season(70)) < 0.6);
});

test('a level that rises slowly is followed, so that it is no anomaly', async (t) => {
  const runtime = await start(t, { every: 100_000 });
  for (let i = 0; i < 60; i++) runtime.send('decompose', { payload: reading(i) });
  await until(() => runtime.recorded('out').length > 0, 5000, 'a decomposition');
  for (let i = 60; i < 300; i++) runtime.send('decompose', { payload: reading(i, season(i) + (i - 60) * 0.01) });
  await until(
    () => scoredOf(runtime.recorded('scored')).some(({ time }) => time === START + 299_000),
    5000,
    'the last',
  );
  const late = scoredOf(runtime.recorded('odd')).filter(({ time }) => time >= START + 60_000);
  assert.ok(late.length <= 20, `${late.length} named`);
});

test('after a restart readings are scored before a new decomposition', async (t) => {
  const runtime = await start(t);
  for (let i = 0; i < 60; i++) runtime.send('decompose', { payload: reading(i) });
  await until(() => runtime.recorded('out').length > 0, 5000, 'a decomposition');
  await new Promise(setImmediate);
  await runtime.unload();
  await runtime.load(types, flow({}));
  runtime.send('decompose', { payload: reading(60) });
  await until(() => runtime.recorded('scored').length === 1, 5000, 'a score');
  const [row] = scoredOf(runtime.recorded('scored'));
  assert.ok(Math.abs(row!.score) < 3.5 && Math.abs(row!.expected - season(60)) < 0.6);
  assert.equal(runtime.recorded('out').length, 0);
});

test('a change of level is named in the model of a decomposition', async (t) => {
  const runtime = await start(t, { input: 'series', wires: [['out'], [], []] });
  const values = Array.from({ length: 240 }, (_, i) => season(i) + (i < 150 ? 0 : 8));
  runtime.send('decompose', { payload: { times: values.map((_, i) => START + i * 1000), values } });
  await until(() => runtime.recorded('out').length === 1, 5000, 'a decomposition');
  const { levelChanges } = runtime.recorded('out')[0]!['model'] as { levelChanges: { time: number; after: number }[] };
  assert.equal(levelChanges.length, 1);
  assert.ok(Math.abs(levelChanges[0]!.time - (START + 150_000)) <= 1000);
});
