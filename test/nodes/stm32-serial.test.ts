import assert from 'node:assert/strict';
import { type TestContext, it } from 'node:test';
import { BoardSimulator } from '../../lib/serial/board-simulator';
import { PseudoTerminal } from '../support/pseudo-terminal';
import { Runtime } from '../support/runtime';
import { until } from '../support/until';

const TYPES = ['stm32-serial', 'catch'];
const board = (more: Record<string, unknown> = {}): { id: string; type: string; [property: string]: unknown } => ({
  ...{ id: 'board', type: 'stm32-serial', transport: 'serial', source: 'my board', rejectedOutput: true },
  ...{ wires: [['out'], ['bad']] },
  ...more,
});
const flow = (more: Record<string, unknown>): Parameters<typeof Runtime.start>[2] => [
  { id: 'f', type: 'tab' },
  { z: 'f', ...board(more) },
  { id: 'out', type: 'helper', z: 'f' },
  { id: 'bad', type: 'helper', z: 'f' },
];
const start = (context: TestContext, more: Record<string, unknown>): Promise<Runtime> =>
  Runtime.start(context, TYPES, flow(more));
const simulator = new BoardSimulator({ format: 'nucleo', framesPerS: 10, seed: 7, startMs: 0 });
const frames = (from: number, to: number): Buffer =>
  Buffer.concat(Array.from({ length: to - from }, (_, index) => simulator.frame(from + index)!));

it('reads every frame of a port, with Source and rising Sequence', async (context) => {
  const pty = await PseudoTerminal.open();
  context.after(() => pty.close());
  const runtime = await start(context, { path: pty.port });
  const messages = runtime.record('out');
  await runtime.status('board', /status\.read/);
  pty.board.write(frames(0, 200));
  await until(() => messages.length === 200, 10_000, '200 readings');
  const readings = messages.map(({ payload }) => payload as Record<string, number | string>);
  const first = readings[0]!['Sequence'] as number;
  for (const [n, { Source, Sequence, ...values }] of readings.entries()) {
    assert.deepEqual(values, simulator.values(n));
    assert.deepEqual([Source, Sequence], ['my board', first + n]);
  }
  assert.equal(messages[0]?.['topic'], 'my board');
});

it('numbers a new run above the run before', async (context) => {
  const runtime = await start(context, { transport: 'simulated', rate: 100 });
  const [last] = (await runtime.collect('out', 20)).slice(-1);
  await runtime.unload();
  await runtime.load(TYPES, flow({ transport: 'simulated', rate: 100 }));
  const [first] = await runtime.collect('out', 1);
  const sequence = (message: typeof last): number => (message?.payload as { Sequence: number }).Sequence;
  assert.ok(sequence(first) > sequence(last));
});

it('comes back after the board was unplugged, and says in between that it waits', async (context) => {
  const pty = await PseudoTerminal.open();
  context.after(() => pty.close());
  const runtime = await start(context, { path: pty.port });
  const messages = runtime.record('out');
  await runtime.status('board', /status\.read/);
  pty.board.write(Buffer.concat([frames(0, 5), frames(5, 6).subarray(0, 9)]));
  await until(() => messages.length === 5, 10_000, 'the first frames');
  const waiting = runtime.status('board', /common\.trouble|common\.status\.waiting/);
  await pty.unplug();
  assert.equal((await waiting).fill, 'red');
  const again = await PseudoTerminal.open(pty.port);
  context.after(() => again.close());
  await runtime.status('board', /status\.read/);
  again.board.write(frames(6, 10));
  await until(() => messages.length === 9, 10_000, 'the frames after the replug');
});

it('lets go of the port when told, and takes it back', async (context) => {
  const pty = await PseudoTerminal.open();
  context.after(() => pty.close());
  const runtime = await start(context, { path: pty.port });
  await runtime.status('board', /status\.read/);
  const stopped = runtime.status('board', /common\.status\.stopped/);
  runtime.send('board', { action: 'release' });
  await stopped;
  const connected = runtime.status('board', /status\.read/);
  runtime.send('board', { action: 'resume' });
  await connected;
});

it('writes the heater command and any other bytes to the board', async (context) => {
  const pty = await PseudoTerminal.open();
  context.after(() => pty.close());
  const runtime = await start(context, { path: pty.port });
  const received = pty.received();
  await runtime.status('board', /status\.read/);
  runtime.send('board', { command: 'heater-on' });
  runtime.send('board', { payload: [1, 2, 255] });
  runtime.send('board', { payload: Buffer.from([9]) });
  await until(() => Buffer.concat(received).length === 10, 5000, 'ten bytes at the board');
  assert.deepEqual(Buffer.concat(received), Buffer.from([0, 0, 0, 0, 0, 0, 1, 2, 255, 9]));
});

it('rejects a message that asks nothing known, and a write while the board is away', async (context) => {
  const runtime = await start(context, { path: '/dev/no-such-port' });
  const bad = runtime.collect('bad', 2);
  runtime.send('board', { payload: { heater: 'on' } });
  runtime.send('board', { payload: [1] });
  assert.deepEqual(
    (await bad).map(({ error }) => error?.code),
    ['SERIAL_REQUEST', 'SERIAL_CLOSED'],
  );
});

it('a command that comes at or after its expiry never reaches the board', async (context) => {
  const pty = await PseudoTerminal.open();
  context.after(() => pty.close());
  const runtime = await start(context, { path: pty.port });
  const received = pty.received();
  await runtime.status('board', /status\.read/);
  const bad = runtime.next('bad');
  runtime.send('board', { command: 'heater-on', expires: Date.now() });
  assert.equal((await bad).error?.code, 'SERIAL_EXPIRED');
  runtime.send('board', { payload: [7], expires: Date.now() + 60_000 });
  await until(() => received.length > 0, 5000, 'a byte at the board');
  assert.deepEqual(Buffer.concat(received), Buffer.from([7]));
});

it('says once that a port is not there, without a stack', async (context) => {
  const runtime = await start(context, { path: '/dev/no-such-port' });
  await runtime.status('board', /./);
  await until(() => runtime.log().some(([, text]) => text.includes('/dev/no-such-port')), 5000, 'a line in the log');
  const lines = runtime.log().filter(([, text]) => text.includes('/dev/no-such-port'));
  assert.equal(lines.length, 1);
  assert.doesNotMatch(lines[0]![1], /\n\s+at /);
});

it('reads the Buffers of tcp and udp nodes, and keeps the message', async (context) => {
  const runtime = await start(context, { transport: 'input', format: 'udp', numbered: false });
  const out = runtime.next('out');
  runtime.send('board', { payload: Buffer.from('22.51 45.10:x'), ip: '10.0.0.7' });
  const { payload, ip } = await out;
  assert.deepEqual([payload, ip], [{ 'Ambient Temperature': 22.51, 'Ambient Humidity': 45.1 }, '10.0.0.7']);
});

it('a frame that cannot be read leaves by its own output, with the reason', async (context) => {
  const runtime = await start(context, { transport: 'input', format: 'json' });
  const bad = runtime.next('bad');
  const out = runtime.collect('out', 2);
  runtime.send('board', { payload: '{"a": 1.5}\n{"a": NaN}\n{"a": 2.5}\n' });
  const { payload, error } = await bad;
  assert.equal((payload as Buffer).toString(), '{"a": NaN}');
  assert.match(error?.code ?? '', /^READING_/);
  assert.deepEqual(
    (await out).map((message) => (message.payload as { a: number }).a),
    [1.5, 2.5],
  );
});

it('bytes by the input that are no frame end their message with an error, where no output is wired', async (context) => {
  const runtime = await Runtime.start(context, TYPES, [
    { id: 'f', type: 'tab' },
    { z: 'f', ...board({ transport: 'input', format: 'json', rejectedOutput: false, wires: [['out']] }) },
    { id: 'out', type: 'helper', z: 'f' },
    { id: 'catch', type: 'catch', z: 'f', x: 100, y: 100, wires: [['caught']] },
    { id: 'caught', type: 'helper', z: 'f' },
  ]);
  const caught = runtime.next('caught');
  const out = runtime.next('out');
  runtime.send('board', { payload: '{"a": 1.5}\n{"a": oops}\n' });
  assert.match((await caught).error?.message ?? '', /expected a value at byte 6/);
  assert.equal(((await out).payload as { a: number }).a, 1.5);
});

it('frames cut anywhere by the messages of a tcp node are read, each once', async (context) => {
  const runtime = await start(context, { transport: 'input', format: 'nucleo', numbered: false });
  const messages = runtime.record('out');
  const bytes = frames(0, 300);
  for (let at = 0; at < bytes.length; at += 17) runtime.send('board', { payload: bytes.subarray(at, at + 17) });
  await until(() => messages.length === 300, 10_000, '300 readings');
  assert.deepEqual(
    messages.map(({ payload }) => payload),
    Array.from({ length: 300 }, (_, n) => simulator.values(n)),
  );
});

it('takes its port from the environment, and refuses a port by ids that no device has', async (context) => {
  const pty = await PseudoTerminal.open();
  context.after(() => pty.close());
  process.env['TEST_BOARD_PORT'] = pty.port;
  context.after(() => delete process.env['TEST_BOARD_PORT']);
  const runtime = await start(context, { path: '${TEST_BOARD_PORT}' });
  await runtime.status('board', /status\.read/);
  await runtime.unload();
  await runtime.load(TYPES, flow({ portBy: 'usb', vendorId: 'FFFE', productId: 'FFFE' }));
  await until(() => runtime.log().some(([, text]) => text.includes('the USB device FFFE:FFFE')), 5000, 'the reason');
});

it('closes within a second while frames come and a command is under way', async (context) => {
  const pty = await PseudoTerminal.open();
  context.after(() => pty.close());
  const runtime = await start(context, { path: pty.port });
  await runtime.status('board', /status\.read/);
  pty.pauseBoard();
  for (let n = 0; n < 5; n++) runtime.send('board', { payload: Buffer.alloc(9_000) });
  const startMs = performance.now();
  await runtime.unload();
  assert.ok(performance.now() - startMs < 3_000);
});
