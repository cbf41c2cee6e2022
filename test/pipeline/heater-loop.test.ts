import assert from 'node:assert/strict';
import { type TestContext, it } from 'node:test';
import { PseudoTerminal } from '../support/pseudo-terminal';
import { Runtime } from '../support/runtime';
import { until } from '../support/until';

/** The board is on a pseudo-terminal; its readings go to the control, whose commands go back to it. */
const types = ['stm32-serial', 'twin-control'];
const STALE_S = 1;
const flow = (port: string, control: Record<string, unknown> = {}): Parameters<typeof Runtime.start>[2] => [
  { id: 'f', type: 'tab' },
  {
    ...{ id: 'board', type: 'stm32-serial', z: 'f', transport: 'serial', path: port, format: 'json', source: 'room' },
    ...{
      rejectedOutput: true,
      outputs: 2,
      wires: [
        ['control', 'readings'],
        ['control', 'bad'],
      ],
    },
  },
  {
    ...{ id: 'control', type: 'twin-control', z: 'f', mode: 'cooling', onAt: 24, offAt: 23, staleSeconds: STALE_S },
    ...{ minOnSeconds: 600, acknowledge: 'flow', acknowledgeSeconds: 0.3, retries: 2 },
    ...{ rejectedOutput: true, outputs: 2, wires: [['board', 'commands'], ['given up']] },
    ...control,
  },
  ...['readings', 'commands', 'bad', 'given up'].map((id) => ({ id, type: 'helper', z: 'f' })),
];
const ON = Buffer.from([0, 0, 0, 0, 0, 0]);
const OFF = Buffer.from([1, 0, 0, 0, 0, 0xff]);

async function start(
  t: TestContext,
  control?: Record<string, unknown>,
): Promise<{ pty: PseudoTerminal; runtime: Runtime }> {
  const pty = await PseudoTerminal.open();
  t.after(() => pty.close());
  const runtime = await Runtime.start(t, types, flow(pty.port, control));
  await runtime.status('board', /status\.read/);
  return { pty, runtime };
}
const reading = (temperature: number): string => `{"Ambient Temperature": ${temperature.toFixed(1)}}\n`;

it('the board gets exactly the six bytes for on; when its readings stop, those of the safe state in the set time', async (t) => {
  const { pty, runtime } = await start(t);
  const received = pty.received();
  const acknowledged = runtime.status('control', /status\.state/);
  // The first line after opening a port may be half of one.
  const lastReadingMs = performance.now();
  for (const temperature of [20, 23.9, 24, 25]) pty.board.write(reading(temperature));
  await until(() => Buffer.concat(received).length >= 12, 5_000, 'off and on at the board');
  assert.deepEqual(Buffer.concat(received), Buffer.concat([OFF, ON]));
  assert.equal((await acknowledged).fill, 'green');
  await until(() => Buffer.concat(received).length >= 18, 10_000, 'the safe state at the board');
  const afterMs = performance.now() - lastReadingMs;
  assert.deepEqual(Buffer.concat(received).subarray(12), OFF);
  assert.ok(afterMs > STALE_S * 1000 - 200, `too early: ${afterMs} ms after the last reading`);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal(Buffer.concat(received).length, 18, 'the safe state went out once');
});

it('a board that is unplugged is reported, and an old command never reaches it later', async (t) => {
  const { pty, runtime } = await start(t, { staleSeconds: 0, minOnSeconds: 0, retries: 1 });
  const readings = runtime.record('readings');
  pty.board.write(reading(20));
  pty.board.write(reading(20));
  await until(() => readings.length >= 1, 5_000, 'a reading');
  await runtime.status('control', /status\.state/);
  const givenUp = runtime.next('given up');
  const waiting = runtime.status('board', /common\.trouble|common\.status\.waiting/);
  await pty.unplug();
  await waiting;
  runtime.send('control', { override: 'on', seconds: 600 });
  const { error, state } = await givenUp;
  assert.deepEqual([error?.code, state], ['TWIN_COMMAND_UNACKNOWLEDGED', 'on']);
  assert.match(error?.message ?? '', /the board is not connected/);
  const again = await PseudoTerminal.open(pty.port);
  t.after(() => again.close());
  const received = again.received();
  await runtime.status('board', /status\.read/);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.equal(Buffer.concat(received).length, 0);
});
