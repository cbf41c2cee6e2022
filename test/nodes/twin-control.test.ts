import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Message, Runtime } from '../support/runtime';
import { until } from '../support/until';

const types = ['twin-control'];
const flow = (more: Record<string, unknown> = {}, others: readonly { id: string; type: string }[] = []) =>
  [
    { id: 'f', type: 'tab' },
    {
      ...{ id: 'c', type: 'twin-control', z: 'f', mode: 'cooling', onAt: 24, offAt: 23, acknowledge: 'none' },
      ...{ rejectedOutput: true, outputs: 2, wires: [['out'], ['bad']] },
      ...more,
    },
    { id: 'out', type: 'helper', z: 'f' },
    { id: 'bad', type: 'helper', z: 'f' },
    ...others,
  ] as Parameters<typeof Runtime.start>[2];
const at = (temperature: number, more: object = {}): Message => ({
  payload: { Source: 'board', 'Ambient Temperature': temperature, ...more },
});
const facts = (messages: readonly Message[]): string[] =>
  messages.map(({ state, reason, attempt }) => `${String(state)} ${String(reason)} ${String(attempt)}`);

it('sends the six bytes of the board from 24.0 °C on, and others at 23.0 °C and below', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const out = runtime.record('out');
  for (const temperature of [23.9, 24, 23.5, 25, 23]) runtime.send('c', at(temperature));
  await until(() => out.length === 3, 5_000);
  assert.deepEqual(
    out.map(({ payload, topic, state }) => [(payload as Buffer).toString('hex'), topic, state]),
    [
      ['0100000000ff', 'board', 'off'],
      ['000000000000', 'board', 'on'],
      ['0100000000ff', 'board', 'off'],
    ],
  );
});

it('a record that says 1 switches on: without a key the payload is the value', async (t) => {
  const more = { key: '', onAt: 1, offAt: 0, staleSeconds: 0, form: 'text', onText: 'warm', offText: 'cold' };
  const runtime = await Runtime.start(t, types, flow(more));
  const [out, bad] = [runtime.record('out'), runtime.record('bad')];
  for (const payload of ['1', 'one', Buffer.from('0'), 1, '', null]) runtime.send('c', { payload });
  await until(() => out.length === 3 && bad.length === 3, 5_000);
  assert.deepEqual(
    out.map(({ payload }) => payload),
    ['warm', 'cold', 'warm'],
  );
  assert.deepEqual(new Set(bad.map(({ error }) => error?.code)), new Set(['TWIN_VALUE']));
});

it('what is no reading costs exactly itself', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const [out, bad] = [runtime.record('out'), runtime.record('bad')];
  runtime.send('c', { payload: [at(25).payload, 7, { Source: 'board' }, at(20).payload] });
  await until(() => out.length === 2 && bad.length === 2, 5_000);
  assert.deepEqual(
    bad.map(({ error }) => error?.code),
    ['READING_NOT_AN_OBJECT', 'TWIN_VALUE'],
  );
});

it('without readings the safe state goes out once, and the status says so', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ staleSeconds: 0.3, minOnSeconds: 600 }));
  const out = runtime.record('out');
  const status = runtime.status('c', /status\.stale/);
  runtime.send('c', at(25));
  assert.equal((await status).fill, 'red');
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.deepEqual(facts(out), ['on threshold 1', 'off stale 1']);
});

it('readings that are too old do not hold the fail-safe off, and the status says so', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ staleSeconds: 0.3 }));
  const out = runtime.record('out');
  runtime.send('c', at(25, { MQTT_Timestamp: Date.now() - 1000 }));
  await runtime.status('c', /status\.old/);
  await until(() => out.length === 1, 5_000);
  assert.deepEqual(facts(out), ['off stale 1']);
});

it('a person takes over for a time, and gives back before it', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ staleSeconds: 0 }));
  const out = runtime.record('out');
  runtime.send('c', at(20));
  runtime.send('c', { override: 'on', seconds: 1 });
  await runtime.status('c', /status\.override/);
  await until(() => out.length === 3, 5_000);
  runtime.send('c', { override: true });
  runtime.send('c', { override: 'auto' });
  await until(() => out.length === 5, 5_000);
  assert.deepEqual(facts(out), [
    ...['off threshold 1', 'on override 1', 'off threshold 1', 'on override 1', 'off threshold 1'],
  ]);
});

it('an override that cannot be understood is rejected', async (t) => {
  const runtime = await Runtime.start(t, types, flow());
  const bad = runtime.record('bad');
  for (const message of [{ override: 'maybe' }, { override: 'on', seconds: -1 }]) runtime.send('c', message);
  runtime.send('c', { override: 'on', source: 'nobody' });
  await until(() => bad.length === 3, 5_000);
  assert.deepEqual(
    bad.map(({ error }) => error?.code),
    ['TWIN_OVERRIDE', 'TWIN_OVERRIDE', 'TWIN_SOURCES'],
  );
});

it('a command that the flow is done with is acknowledged and not sent again', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ acknowledge: 'flow', acknowledgeSeconds: 1, staleSeconds: 0 }));
  const held = runtime.holdAll('out');
  runtime.send('c', at(25));
  await until(() => held.length === 1, 5_000);
  await runtime.status('c', /status\.waiting/);
  const settled = runtime.status('c', /status\.state/);
  held[0]!.done();
  await settled;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  assert.equal(held.length, 1);
});

it('a command that the flow does not finish is sent again under its id, then given up', async (t) => {
  const more = { acknowledge: 'flow', acknowledgeSeconds: 0.1, retries: 2, staleSeconds: 0 };
  const runtime = await Runtime.start(t, types, flow(more));
  const held = runtime.holdAll('out');
  const bad = runtime.next('bad');
  runtime.send('c', at(25));
  const { error, commandId, attempt } = await bad;
  assert.deepEqual([error?.code, attempt], ['TWIN_COMMAND_UNACKNOWLEDGED', 3]);
  const sent = held.map(({ message }) => message);
  assert.deepEqual(facts(sent), ['on threshold 1', 'on threshold 2', 'on threshold 3']);
  assert.deepEqual(new Set(sent.map((message) => message['commandId'])), new Set([commandId]));
  assert.equal((await runtime.status('c', /status\.unconfirmed/)).fill, 'red');
  runtime.send('c', at(25));
  await until(() => held.length === 4, 5_000, 'a new command by the next reading');
  assert.notEqual(held[3]!.message['commandId'], commandId);
});

it('a message with the id acknowledges, one with an error fails the attempt', async (t) => {
  const more = { acknowledge: 'message', acknowledgeSeconds: 0.2, retries: 1, staleSeconds: 0 };
  const runtime = await Runtime.start(t, types, flow(more));
  const out = runtime.record('out');
  const bad = runtime.record('bad');
  runtime.send('c', at(25));
  await until(() => out.length === 1, 5_000);
  runtime.send('c', { ...out[0]!, error: { message: 'no board' } });
  runtime.send('c', { ...out[0]! });
  await until(() => out.length === 2, 5_000, 'the second attempt');
  const settled = runtime.status('c', /status\.state/);
  runtime.send('c', { ...out[1]! });
  await settled;
  runtime.send('c', at(20));
  await until(() => out.length === 3, 5_000);
  runtime.send('c', { ...out[2]!, error: { message: 'no board' } });
  await until(() => bad.length === 1, 5_000);
  assert.match(bad[0]!.error!.message, /"off" was sent 2 times .* no board/);
});

it('a deploy does not make it forget how long it has been off', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ minOffSeconds: 600 }));
  const first = runtime.next('out');
  runtime.send('c', at(20));
  assert.equal((await first).state, 'off');
  await runtime.unload();
  await runtime.load(types, flow({ minOffSeconds: 600 }));
  assert.match((await runtime.status('c', /status/)).text ?? '', /status\.none/);
  const out = runtime.record('out');
  for (const temperature of [25, 26]) runtime.send('c', at(temperature));
  await until(() => out.length === 1, 5_000);
  await runtime.status('c', /status\.state/);
  assert.deepEqual(facts(out), ['off threshold 1']);
});

it('thresholds that leave no room are refused with one error that says why', async (t) => {
  const runtime = await Runtime.start(t, types, flow({ offAt: 25 }));
  const lines = runtime.log().filter(([level]) => level <= 20);
  assert.equal(lines.length, 1);
  assert.match(lines[0]![1], /cooling that goes on at 24 must go off below that, got 25/);
  assert.doesNotMatch(lines[0]![1], /\n\s+at /);
});

it('a stopped node sends nothing more, whatever was due', async (t) => {
  const more = { staleSeconds: 0.2, repeatSeconds: 0.05, acknowledge: 'flow', acknowledgeSeconds: 0.05, retries: 100 };
  const runtime = await Runtime.start(t, types, flow(more));
  const held = runtime.holdAll('out');
  runtime.send('c', at(25));
  await until(() => held.length >= 2, 5_000);
  await runtime.unload();
  const before = held.length;
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(held.length, before);
});
