import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { type TestContext, it } from 'node:test';
import { Backoff } from '../../../lib/delivery/backoff';
import type { ConnectionChange } from '../../../lib/delivery/connection-state';
import type { TwinError } from '../../../lib/reading/twin-error';
import { SerialLink } from '../../../lib/serial/serial-link';
import { SerialPortTransport } from '../../../lib/serial/serial-port-transport';
import { portOf } from '../../../lib/serial/serial-ports';
import type { SerialTransport } from '../../../lib/serial/serial-transport';
import { PseudoTerminal } from '../../support/pseudo-terminal';
import { until } from '../../support/until';

interface Opened {
  readonly link: SerialLink;
  readonly bytes: () => Buffer;
  readonly states: ConnectionChange[];
}

function open(context: TestContext, port: string): Opened {
  const link = new SerialLink({
    transport: () => new SerialPortTransport({ port, baudRate: 38400 }),
    backoff: new Backoff({ minMs: 20, maxMs: 100 }),
  });
  const chunks: Buffer[] = [];
  const states: ConnectionChange[] = [];
  link.on('data', (chunk) => chunks.push(chunk));
  link.on('state', (change) => states.push(change));
  context.after(() => link.close());
  return { link, bytes: () => Buffer.concat(chunks), states };
}

const connected = async ({ link, states }: Opened): Promise<void> => {
  while (states.at(-1)?.state !== 'connected') await once(link, 'state');
};

async function terminal(context: TestContext, port?: string): Promise<PseudoTerminal> {
  const opened = await PseudoTerminal.open(port);
  context.after(() => opened.close());
  return opened;
}

it('brings every byte of the port, both ways', async (context) => {
  const pty = await terminal(context);
  const opened = open(context, pty.port);
  opened.link.start();
  await connected(opened);
  const all = Buffer.from(Array.from({ length: 4096 }, (_, index) => index % 256));
  pty.board.write(all);
  await until(() => opened.bytes().length >= all.length, 5000, 'all bytes');
  assert.deepEqual(opened.bytes(), all);

  const received = pty.received();
  await opened.link.write(all);
  await until(() => Buffer.concat(received).length >= all.length, 5000, 'all bytes at the board');
  assert.deepEqual(Buffer.concat(received), all);
});

it('waits for a port that is not there yet', async (context) => {
  const first = await terminal(context);
  const { port } = first;
  await first.unplug();
  const opened = open(context, port);
  opened.link.start();
  await until(() => opened.states.some(({ state }) => state === 'waiting'), 5000, 'a failed attempt');
  const error = opened.states.find(({ state }) => state === 'waiting')?.error;
  assert.equal(error?.code, 'SERIAL_PORT_MISSING');
  assert.ok(error?.retryable);
  await terminal(context, port);
  await connected(opened);
});

it('comes back after the board was unplugged and plugged in again', async (context) => {
  const first = await terminal(context);
  const opened = open(context, first.port);
  opened.link.start();
  await connected(opened);
  first.board.write('one');
  await until(() => opened.bytes().toString() === 'one', 5000, 'the first bytes');
  await first.unplug();
  await until(() => opened.states.at(-1)?.state === 'waiting', 5000, 'the loss');
  await assert.rejects(opened.link.write(Buffer.from('x')), { code: 'SERIAL_CLOSED' });
  const second = await terminal(context, first.port);
  await connected(opened);
  second.board.write('two');
  await until(() => opened.bytes().toString() === 'onetwo', 5000, 'the bytes after the replug');
});

it('lets go of the port while another program needs it, and takes it back', async (context) => {
  const pty = await terminal(context);
  const opened = open(context, pty.port);
  opened.link.start();
  await connected(opened);
  await opened.link.release();
  assert.equal(opened.states.at(-1)?.state, 'stopped');
  const other = open(context, pty.port);
  other.link.start();
  await connected(other);
  await other.link.close();
  opened.link.start();
  await connected(opened);
});

it('says that another program has the port', async (context) => {
  const pty = await terminal(context);
  const one = open(context, pty.port);
  one.link.start();
  await connected(one);
  const other = open(context, pty.port);
  other.link.start();
  await until(() => other.states.some(({ state }) => state === 'waiting'), 5000, 'a refusal');
  assert.equal(other.states.find(({ state }) => state === 'waiting')?.error?.code, 'SERIAL_PORT_BUSY');
});

it('can be closed at any moment, again and again', async (context) => {
  const pty = await terminal(context);
  const opened = open(context, pty.port);
  opened.link.start();
  await Promise.all([opened.link.close(), opened.link.close()]);
  opened.link.start();
  assert.equal(opened.states.filter(({ state }) => state === 'connected').length, 0);
});

it('finds a USB device by its ids wherever it is plugged in', () => {
  const nucleo = {
    path: '/dev/ttyACM3',
    manufacturer: 'STM',
    vendorId: '0483',
    productId: '374b',
    serialNumber: '066C',
  };
  const ports = [
    { path: '/dev/ttyS0', manufacturer: '', vendorId: '', productId: '', serialNumber: '' },
    { ...nucleo, path: '/dev/ttyACM0', serialNumber: '0001' },
    nucleo,
  ];
  assert.equal(portOf(ports, { vendorId: '0483', productId: '374B', serialNumber: '066C' }), nucleo);
  assert.equal(portOf(ports, { vendorId: '0483', productId: '', serialNumber: '' }), ports[1]);
  assert.equal(portOf(ports, { vendorId: '1111', productId: '', serialNumber: '' }), undefined);
});

/** A driver that never answers. */
class HangingTransport extends EventEmitter<{ data: [Buffer]; lost: [TwinError] }> implements SerialTransport {
  readonly description = 'a hanging port';
  open(): Promise<void> {
    return new Promise(() => {});
  }
  write(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

it('can be released while the driver hangs in opening', async () => {
  const link = new SerialLink({ transport: () => new HangingTransport() });
  link.start();
  const startMs = performance.now();
  await link.release();
  await link.close();
  assert.ok(performance.now() - startMs < 500);
});

it('a write to a board that does not read is refused once 64 KiB wait, and ends with the port', async (context) => {
  const pty = await terminal(context);
  const opened = open(context, pty.port);
  opened.link.start();
  await connected(opened);
  pty.pauseBoard();
  const writes = Array.from({ length: 40 }, () => opened.link.write(Buffer.alloc(8_000)));
  const settled = Promise.allSettled(writes);
  await pty.unplug();
  const codes = (await settled).map((write) =>
    write.status === 'rejected' ? (write.reason as TwinError).code : 'sent',
  );
  assert.ok(codes.includes('SERIAL_WRITE_FULL'), codes.join());
  assert.ok(
    codes.some((code) => code === 'SERIAL_PORT_LOST' || code === 'SERIAL_WRITE_FAILED'),
    codes.join(),
  );
});

it('collects no listeners over many losses', async (context) => {
  const signalWarnings: Error[] = [];
  const warned = (warning: Error): void => void signalWarnings.push(warning);
  process.on('warning', warned);
  context.after(() => process.off('warning', warned));
  let attempts = 0;
  const link = new SerialLink({
    transport: () => {
      attempts++;
      return new SerialPortTransport({ port: '/dev/no-such-port', baudRate: 9600 });
    },
    backoff: new Backoff({ minMs: 1, maxMs: 1 }),
  });
  context.after(() => link.close());
  link.start();
  await until(() => attempts > 40, 10_000, 'forty attempts');
  await link.close();
  assert.deepEqual(signalWarnings, []);
});
