import assert from 'node:assert/strict';
import { type TestContext, it } from 'node:test';
import { Backoff } from '../../../lib/delivery/backoff';
import type { Reading } from '../../../lib/reading/reading';
import { BoardReader } from '../../../lib/serial/board-reader';
import { createFramer, type FrameFormat } from '../../../lib/serial/frame-format';
import type { RejectedBytes } from '../../../lib/serial/framer';
import { SerialLink } from '../../../lib/serial/serial-link';
import { SerialPortTransport } from '../../../lib/serial/serial-port-transport';
import { PseudoTerminal } from '../../support/pseudo-terminal';
import { seededRandom } from '../../support/seeded-random';
import { until } from '../../support/until';
import { knownFrames, sensorValues, unusedBytes } from './nucleo-frames';

interface Listener {
  readonly link: SerialLink;
  readonly reader: BoardReader;
  readonly readings: Reading[];
  readonly receivedAtMs: number[];
  readonly rejected: RejectedBytes[];
  connections: number;
}

async function listen(context: TestContext, port: string, format: FrameFormat = 'nucleo'): Promise<Listener> {
  const link = new SerialLink({
    transport: () => new SerialPortTransport({ port, baudRate: 38400 }),
    backoff: new Backoff({ minMs: 20, maxMs: 100 }),
  });
  const reader = new BoardReader(createFramer({ format }));
  const listener: Listener = { link, reader, readings: [], receivedAtMs: [], rejected: [], connections: 0 };
  reader.on('reading', (values, atMs) => {
    listener.readings.push(values);
    listener.receivedAtMs.push(atMs);
  });
  reader.on('rejected', (rejected) => listener.rejected.push(rejected));
  link.on('opened', () => listener.connections++);
  reader.attach(link);
  link.start();
  context.after(async () => {
    reader.close();
    await link.close();
  });
  await until(() => listener.connections === 1, 5000, 'the connection');
  return listener;
}

async function plugIn(context: TestContext, port?: string): Promise<PseudoTerminal> {
  const terminal = await PseudoTerminal.open(port);
  context.after(() => terminal.close());
  return terminal;
}

/** Writes bytes in pieces of random length, each once the one before has left. */
async function writeCut(terminal: PseudoTerminal, bytes: Buffer, random: () => number): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const to = at + 1 + Math.floor(random() * 200);
    const piece = bytes.subarray(at, to);
    await new Promise<void>((resolve, reject) =>
      terminal.board.write(piece, (error) => (error ? reject(error) : resolve())),
    );
    at = to;
  }
}

const slow = sensorValues['slowly moving values']!;
const bytesOf = (frames: ReturnType<typeof knownFrames>): Buffer => Buffer.concat(frames.map(({ bytes }) => bytes));

for (const [name, unused] of Object.entries(unusedBytes)) {
  it(`finds each of 10,000 frames, cut at random on a real line, once (${name} unused)`, async (context) => {
    const terminal = await plugIn(context);
    const listener = await listen(context, terminal.port);
    const random = seededRandom(2_026);
    const frames = knownFrames(10_000, random, unused, slow);
    const startMs = Date.now();
    await writeCut(terminal, bytesOf(frames), random);
    await until(() => listener.readings.length >= frames.length, 30_000, 'all readings');
    assert.deepEqual(
      listener.readings,
      frames.map(({ values }) => values),
    );
    assert.deepEqual([listener.rejected, listener.reader.skippedBytes], [[], 0]);
    assert.equal(listener.reader.readings, 10_000);
    assert.ok(listener.receivedAtMs.every((atMs) => atMs >= startMs && atMs <= Date.now()));
  });
}

it('reads on after a board was unplugged within a frame and plugged in again', async (context) => {
  const first = await plugIn(context);
  const listener = await listen(context, first.port);
  const random = seededRandom(9);
  const frames = knownFrames(60, random, unusedBytes['zeros']!, slow);
  await writeCut(first, Buffer.concat([bytesOf(frames.slice(0, 30)), frames[30]!.bytes.subarray(0, 13)]), random);
  await until(() => listener.readings.length === 30, 5000, 'the readings before');
  await first.unplug();
  const second = await plugIn(context, first.port);
  await until(() => listener.connections === 2, 10_000, 'the new connection');
  await writeCut(second, bytesOf(frames.slice(31)), random);
  await until(() => listener.readings.length === 59, 5000, 'the readings after');
  assert.deepEqual(
    listener.readings,
    frames.filter((_, n) => n !== 30).map(({ values }) => values),
  );
  assert.deepEqual(
    listener.rejected.map(({ error }) => [error.code, error.facts['bytes']]),
    [['SERIAL_FRAME_CUT_SHORT', 13]],
  );
});

it('joins a board that is in the middle of a frame', async (context) => {
  const terminal = await plugIn(context);
  const frames = knownFrames(21, seededRandom(10), unusedBytes['constant']!, slow);
  const listener = await listen(context, terminal.port);
  terminal.board.write(Buffer.concat([frames[0]!.bytes.subarray(9), bytesOf(frames.slice(1))]));
  await until(() => listener.readings.length === 20, 5000, 'the readings');
  assert.deepEqual(
    listener.readings,
    frames.slice(1).map(({ values }) => values),
  );
  assert.equal(listener.reader.skippedBytes, 13);
});

it('reads Pico lines from a real line, each once', async (context) => {
  const terminal = await plugIn(context);
  const listener = await listen(context, terminal.port, 'pico');
  const random = seededRandom(3);
  const known = Array.from({ length: 2_000 }, (_, n) => [
    (15 + (n % 100) / 10).toFixed(1),
    (40 + (n % 77) / 10).toFixed(1),
  ]);
  await writeCut(terminal, Buffer.from(known.map(([t, h]) => `${t}  ${h}\r\n`).join('')), random);
  await until(() => listener.readings.length === known.length, 10_000, 'the readings');
  assert.deepEqual(
    listener.readings,
    known.map(([t, h]) => ({ 'Ambient Temperature': Number(t), 'Ambient Humidity': Number(h) })),
  );
});
