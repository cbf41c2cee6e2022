import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Runtime, type Message } from '../support/runtime';

const START = Date.UTC(2024, 0, 1);
interface Row {
  time: number;
  value: number;
  lower: number;
  upper: number;
}
const rowsOf = ({ payload }: Message): Row[] => payload as Row[];
const modelOf = (message: Message) => message['model'] as { points: number; since?: number; source?: string };
const reading = (i: number, value: number, more: object = {}) => ({
  ...{ 'Ambient Temperature': value, MQTT_Timestamp: START + i * 1000, Source: 'A', Sequence: i, ...more },
});
const types = ['twin-forecast'];
const flow = (options: Record<string, unknown>): Parameters<typeof Runtime.start>[2] => [
  { id: 'tab', type: 'tab' },
  {
    ...{ id: 'forecast', type: 'twin-forecast', z: 'tab', input: 'readings', every: 1, horizon: 3, window: 200 },
    ...{ wires: [['out'], ['alert']], alertOutput: true, threshold: 1000, period: '', folds: 1, ...options },
  },
  { id: 'out', type: 'recorder', z: 'tab' },
  { id: 'alert', type: 'recorder', z: 'tab' },
];
const start = async (t: TestContext, options: Record<string, unknown>) => Runtime.start(t, types, flow(options));

/** Sends readings one after another, each when the node has done with the one before. Returns the forecasts so far. */
async function feed(runtime: Runtime, readings: object[]): Promise<Message[]> {
  for (const payload of readings) {
    runtime.send('forecast', { payload });
    // Fits as short as these are done where they are called: a few turns of the event loop, no time.
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  }
  return runtime.recorded('out');
}

test('between two fits each reading moves the forecast, by the recursion of what was learned', async (t) => {
  const runtime = await start(t, { method: 'smoothing', trend: 'none', season: 'none', every: 1, refitEvery: 1000 });
  const noise = (i: number): number => 20 + Math.sin(i * i);
  const readings = Array.from({ length: 60 }, (_, i) => reading(i, noise(i)));
  const last = (await feed(runtime, readings)).at(-1)!;
  const since = modelOf(last).since!;
  assert.ok(since > 0 && modelOf(last).points < 60, `${since} steps since a fit on ${modelOf(last).points}`);
  const level = rowsOf(last)[0]!.value;
  const [next] = (await feed(runtime, [reading(60, 30)])).slice(-1);
  const alpha = (next!['model'] as { parameters: { alpha: number } }).parameters.alpha;
  assert.equal(modelOf(next!).since, since + 1);
  assert.ok(Math.abs(rowsOf(next!)[0]!.value - (level + alpha * (30 - level))) < 1e-9);
  assert.equal(rowsOf(next!)[0]!.time, START + 61_000);
});

test('missing steps are bridged, a late reading and a second one of a step do not move the forecast', async (t) => {
  const runtime = await start(t, { method: 'drift', refitEvery: 1000 });
  const first = Array.from({ length: 30 }, (_, i) => reading(i, 10 + i));
  await feed(runtime, first);
  const seen = await feed(runtime, [reading(33, 43), reading(31, 99), reading(33, 99, { Sequence: 77 })]);
  const [moved, late, doubled] = seen.slice(-3);
  assert.ok(Math.abs(rowsOf(moved!)[0]!.value - 44) < 1e-9);
  assert.equal(rowsOf(moved!)[0]!.time, START + 34_000);
  assert.deepEqual(rowsOf(late!), rowsOf(moved!));
  assert.deepEqual(rowsOf(doubled!), rowsOf(moved!));
});

test('after a restart the forecast goes on without a new fit, repeats are still known, a raised alarm is not raised again', async (t) => {
  const options = { method: 'drift', refitEvery: 1000, threshold: 45, probability: 50 };
  const runtime = await start(t, options);
  const seen = await feed(
    runtime,
    Array.from({ length: 35 }, (_, i) => reading(i, 10 + i)),
  );
  assert.deepEqual(
    runtime.recorded('alert').map(({ payload }) => (payload as { state: string }).state),
    ['raised'],
  );
  const { since, points } = modelOf(seen.at(-1)!);
  await runtime.unload();
  const file = join(runtime.userDir, 'digital-twin', 'state', 'forecast.json');
  assert.ok(readFileSync(file, 'utf8').length < 20_000);
  await runtime.load(types, flow(options));
  assert.deepEqual(await feed(runtime, [reading(34, 44)]), []);
  const [next] = await feed(runtime, [reading(35, 45)]);
  assert.deepEqual([modelOf(next!).points, modelOf(next!).since], [points, since! + 1]);
  assert.ok(Math.abs(rowsOf(next!)[0]!.value - 46) < 1e-9);
  assert.deepEqual(runtime.recorded('alert'), []);
});

test('a state of other options gives its readings only, a damaged one nothing, and the node works on', async (t) => {
  const runtime = await start(t, { method: 'drift', refitEvery: 1000 });
  await feed(
    runtime,
    Array.from({ length: 20 }, (_, i) => reading(i, 10 + i)),
  );
  await runtime.unload();
  await runtime.load(types, flow({ method: 'linear', refitEvery: 1000 }));
  const [next] = await feed(runtime, [reading(20, 30)]);
  assert.deepEqual([modelOf(next!).points, modelOf(next!).since], [21, 0]);
  await runtime.unload();
  const file = join(runtime.userDir, 'digital-twin', 'state', 'forecast.json');
  for (const text of ['{"live": {"windows": 7}}', '[]', '{"half']) {
    writeFileSync(file, text);
    await runtime.load(types, flow({ method: 'drift' }));
    const [third] = await feed(runtime, [reading(1, 1), reading(2, 2), reading(3, 3)]);
    assert.equal(modelOf(third!).points, 3);
    await runtime.unload();
  }
});

test('keeps no state when told not to', async (t) => {
  const runtime = await start(t, { method: 'drift', keep: false });
  await feed(runtime, [reading(0, 1), reading(1, 2), reading(2, 3)]);
  await runtime.unload();
  assert.ok(!existsSync(join(runtime.userDir, 'digital-twin')));
});
