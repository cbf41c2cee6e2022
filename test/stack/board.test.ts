import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { NUCLEO_FRAME_BYTES } from '../../lib/serial/nucleo-frame';
import type { SimulatedBoard } from '../../stack/simulated-board';
import { ownStack } from './stack-folder';

interface Board {
  readonly port: string;
  readonly board: SimulatedBoard;
}

async function startBoard(t: TestContext): Promise<Board> {
  const stack = await ownStack(t, {
    servers: ['board'],
    env: { PATH: process.env['PATH'], BOARD_FRAMES_PER_S: '200' },
  });
  const { port, simulated } = stack.board ?? assert.fail(JSON.stringify(stack.missing));
  return { port, board: simulated ?? assert.fail('no simulated board') };
}

/** Bytes read from the port until `count` of them are there. */
async function read(t: TestContext, port: string, count: number): Promise<Buffer> {
  const reader = spawn('head', ['-c', String(count), port], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => reader.kill());
  const chunks: Buffer[] = [];
  reader.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(reader, 'close');
  return Buffer.concat(chunks);
}

test('the board writes exactly as many frames as it is told, and every byte comes out of the port', async (t) => {
  const { port, board } = await startBoard(t);
  board.on(100);
  const bytes = await read(t, port, 100 * NUCLEO_FRAME_BYTES);
  assert.equal(board.written, 100);
  for (let at = 0; at < bytes.length; at += NUCLEO_FRAME_BYTES) assert.equal(bytes.readUInt32BE(at), 0, `byte ${at}`);
});

test('nothing is written, nor counted, while nobody has the port open; a second reader gets the rest', async (t) => {
  const { port, board } = await startBoard(t);
  board.on(80);
  await sleep(600);
  assert.equal(board.written, 0);
  await read(t, port, 40 * NUCLEO_FRAME_BYTES);
  await sleep(600);
  const whileClosed = board.written;
  await sleep(300);
  assert.equal(board.written, whileClosed);
  await read(t, port, 40 * NUCLEO_FRAME_BYTES);
  assert.equal(board.written, 80);
});

test('commands come back to the board', async (t) => {
  const { port, board } = await startBoard(t);
  const writer = spawn('sh', ['-c', `printf '\\000\\000\\000\\000\\000\\000' > ${port}`]);
  await once(writer, 'close');
  for (const end = Date.now() + 2_000; board.commandBytes < 6 && Date.now() < end;) await sleep(10);
  assert.equal(board.commandBytes, 6);
});

test('a frame rate that is no number is named, and the board is missing', async (t) => {
  const stack = await ownStack(t, {
    servers: ['board'],
    env: { PATH: process.env['PATH'], BOARD_FRAMES_PER_S: 'fast' },
  });
  assert.match(stack.missing[0]?.reason ?? '', /BOARD_FRAMES_PER_S is "fast"/);
});

test('a real board is given by BOARD_PORT, and one that is not plugged in is named', async (t) => {
  const given = await ownStack(t, { servers: ['board'], env: { BOARD_PORT: '/dev/null' } });
  assert.deepEqual(given.board, { port: '/dev/null' });
  const absent = await ownStack(t, { servers: ['board'], env: { BOARD_PORT: '/dev/ttyNOTHING' } });
  assert.match(absent.missing[0]?.reason ?? '', /BOARD_PORT names \/dev\/ttyNOTHING, which does not exist/);
});
