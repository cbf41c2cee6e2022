import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { Runtime } from '../support/runtime';
import { until } from '../support/until';

const DAY = 86_400_000;
const T0 = 1_700_000_000_000;
const types = ['twin-model'];
const flow = (more: Record<string, unknown> = {}): Parameters<typeof Runtime.start>[2] => [
  { id: 'f', type: 'tab' },
  {
    ...{ id: 'm', type: 'twin-model', z: 'f', rejectedOutput: true, outputs: 2, wires: [['out'], ['bad']] },
    ...more,
  },
  { id: 'out', type: 'helper', z: 'f' },
  { id: 'bad', type: 'helper', z: 'f' },
];
const reading = (Sequence: number, days = 0, more: object = {}): Record<string, unknown> => ({
  ...{ Source: 'room', Sequence, 'Ambient Temperature': 15, 'Ambient Humidity': 50 },
  ...{ MQTT_Timestamp: T0 + days * DAY, ...more },
});
const life = (payload: unknown): number => (payload as Record<string, number>)['Current_Shelf_Life']!;

it('adds the green life, its flags and the time of processing to a reading, and lets the rest through', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const next = runtime.next('out');
  const beforeMs = Date.now();
  runtime.send('m', { payload: reading(1, 0, { extra: 'kept' }), topic: 'RealTime_Data' });
  const { payload, topic } = await next;
  const { Matlab_Processed_TimeMs: stamp, ...rest } = payload as Record<string, unknown>;
  assert.deepEqual(rest, {
    ...reading(1, 0, { extra: 'kept' }),
    ...{ Current_Shelf_Life: 38, Chilling: false, Out_Of_Range: false },
  });
  assert.ok(Number.isInteger(stamp) && (stamp as number) >= beforeMs && (stamp as number) <= Date.now());
  assert.equal(topic, 'RealTime_Data');
});

it('answers a batch with a batch; a repeat is dropped, a late reading goes on without a result', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ stamp: 'none' }));
  const messages = runtime.record('out');
  const late = runtime.status('m', /status\.late/);
  runtime.send('m', { payload: [reading(1), reading(3, 2), reading(1), reading(2, 1)] });
  runtime.send('m', { payload: reading(3, 2) });
  runtime.send('m', { payload: [reading(4, 3)] });
  await until(() => messages.length === 2, 5_000);
  const [first, second] = messages.map(({ payload }) => payload as Record<string, unknown>[]);
  assert.deepEqual(first![2], reading(2, 1));
  assert.equal(first!.length, 3);
  assert.ok(Math.abs(life(second![0]) - (38 - 3 * 1.52)) < 1e-9);
  await late;
});

it('what it cannot use costs exactly itself', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const [out, bad] = [runtime.record('out'), runtime.record('bad')];
  const cold = reading(2, 1, { 'Ambient Temperature': -200 });
  runtime.send('m', { payload: [reading(1), 7, 'no json', { Source: 'room' }, cold, reading(3, 2)] });
  await until(() => out.length === 1 && bad.length === 4, 5_000);
  assert.equal((out[0]!.payload as unknown[]).length, 2);
  assert.deepEqual(
    bad.map(({ error }) => error?.code),
    ['READING_NOT_AN_OBJECT', 'READING_NOT_JSON', 'TWIN_VALUE', 'TWIN_TEMPERATURE'],
  );
});

it('humidity models need no time and write under their own keys', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ model: 'dew-point', stamp: 'none' }));
  const next = runtime.next('out');
  runtime.send('m', { payload: { 'Ambient Temperature': 20, 'Ambient Humidity': 50 } });
  const { payload } = await next;
  assert.deepEqual(Object.keys(payload as object), ['Ambient Temperature', 'Ambient Humidity', 'Dew_Point']);
});

it('stamps under the names that the delays know', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ stamp: 'Java_Processed_Time', replyStamp: true }));
  const next = runtime.next('out');
  runtime.send('m', { payload: reading(1) });
  const keys = Object.keys((await next).payload as object).slice(-2);
  assert.deepEqual(keys, ['Java_Processed_Time', 'Model_Reply_Time']);
});

it('goes on after a restart where it stopped', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const file = join(runtime.userDir, 'digital-twin', 'state', 'm.json');
  const first = runtime.collect('out', 2);
  runtime.send('m', { payload: reading(1) });
  runtime.send('m', { payload: reading(2, 1) });
  await first;
  await runtime.unload();
  assert.ok(existsSync(file));
  await runtime.load(types, flow());
  await runtime.status('m', /status\.kept/);
  const next = runtime.next('out');
  runtime.send('m', { payload: reading(3, 3) });
  assert.ok(Math.abs(life((await next).payload) - (38 - 3 * 1.52)) < 1e-9);
});

it('writes its state while it runs, so that a kill costs only what came last', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const file = join(runtime.userDir, 'digital-twin', 'state', 'm.json');
  runtime.send('m', { payload: reading(1) });
  runtime.send('m', { payload: reading(2, 1) });
  await until(() => existsSync(file), 10_000, 'the state');
  const { lives } = JSON.parse(readFileSync(file, 'utf8')) as { lives: Record<string, { days: number }> };
  assert.ok(Math.abs(lives['room']!.days - 36.48) < 1e-9);
});

it('begins anew where the file is damaged, and says so once', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const next = runtime.next('out');
  runtime.send('m', { payload: reading(1) });
  await next;
  await runtime.unload();
  writeFileSync(join(runtime.userDir, 'digital-twin', 'state', 'm.json'), '{"model": ');
  await runtime.load(types, flow());
  const again = runtime.next('out');
  runtime.send('m', { payload: reading(2, 5) });
  assert.equal(life((await again).payload), 38);
  assert.equal(runtime.log().filter(([, text]) => /begins anew/.test(text)).length, 1);
});

it('keeps no state when told not to', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ keep: false }));
  const next = runtime.next('out');
  runtime.send('m', { payload: reading(1) });
  await next;
  await runtime.unload();
  assert.ok(!existsSync(join(runtime.userDir, 'digital-twin')));
});

it('a reset begins anew for one source, or for all', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const messages = runtime.record('out');
  for (const Source of ['a', 'b']) {
    runtime.send('m', { payload: reading(1, 0, { Source }) });
    runtime.send('m', { payload: reading(2, 1, { Source }) });
  }
  runtime.send('m', { reset: 'a' });
  for (const Source of ['a', 'b']) runtime.send('m', { payload: reading(3, 1, { Source }) });
  runtime.send('m', { reset: true });
  runtime.send('m', { payload: reading(4, 1, { Source: 'b' }) });
  await until(() => messages.length === 7, 5_000);
  const lives = messages.slice(4).map(({ payload }) => life(payload));
  assert.deepEqual(lives, [38, 36.48, 38]);
});
