import { EventEmitter } from 'node:events';
import { SerialPort } from 'serialport';
import { TwinError } from '../reading/twin-error';
import { lostError, notOpen, openError, writeError } from './serial-port-error';
import { type UsbIdentity, describeUsb, portOf, serialPorts } from './serial-ports';
import type { SerialTransport } from './serial-transport';
import { settleWithin } from './settle-within';

const OPEN_LIMIT_MS = 10_000;
const WRITE_LIMIT_MS = 5_000;
const CLOSE_LIMIT_MS = 2_000;
/** Bytes that may wait for the line; more are refused, so that a board that does not read cannot fill the memory. */
const MAX_WAITING_BYTES = 64 * 1024;

/** How to open a port. */
export interface SerialPortOptions {
  /** The device, such as `/dev/ttyACM0` or `COM3`; or the ids of the USB device behind it. */
  readonly port: string | UsbIdentity;
  readonly baudRate: number;
  readonly dataBits?: 5 | 6 | 7 | 8;
  readonly stopBits?: 1 | 1.5 | 2;
  readonly parity?: 'none' | 'even' | 'odd';
  /** Control lines after opening; undefined leaves them as the system sets them. DTR resets many boards. */
  readonly dtr?: boolean | undefined;
  readonly rts?: boolean | undefined;
  /** Drop DTR when the port is closed, which resets many boards (default true, as the system does). */
  readonly hangUpOnClose?: boolean;
}

/** A serial port of this machine. */
export class SerialPortTransport
  extends EventEmitter<{ data: [Buffer]; lost: [TwinError] }>
  implements SerialTransport
{
  readonly #options: SerialPortOptions;
  /** Aborts what is under way once the port is lost or closed: a driver may never call back then. */
  readonly #gone = new AbortController();
  #port: SerialPort | undefined;
  #path: string;

  constructor(options: SerialPortOptions) {
    super();
    this.#options = options;
    this.#path = typeof options.port === 'string' ? options.port : describeUsb(options.port);
  }

  get description(): string {
    return this.#path;
  }

  async open(): Promise<void> {
    const { baudRate, dataBits = 8, stopBits = 1, parity = 'none', hangUpOnClose = true } = this.#options;
    this.#path = await this.#find();
    const port = new SerialPort({
      ...{ path: this.#path, baudRate, dataBits, stopBits, parity },
      ...{ hupcl: hangUpOnClose, autoOpen: false },
    });
    const late = (): Error => new Error(`no answer within ${OPEN_LIMIT_MS / 1000} s`);
    try {
      await settleWithin((settle) => port.open(settle), OPEN_LIMIT_MS, late, this.#gone.signal);
    } catch (thrown) {
      port.once('open', () => port.close());
      throw thrown instanceof TwinError ? thrown : openError(this.#path, thrown as Error);
    }
    this.#port = port;
    port.on('error', (error) => this.#lose(error));
    port.on('close', (error: Error | null) => this.#lose(error));
    await this.#setLines(port);
    // The loss of a port is only noticed while its data are read: so they are read from the start.
    port.on('data', (chunk: Buffer) => this.emit('data', chunk));
  }

  async write(bytes: Uint8Array): Promise<void> {
    const port = this.#port;
    if (!port?.isOpen) throw notOpen(this.#path);
    if (port.writableLength + bytes.length > MAX_WAITING_BYTES) {
      const message = `${this.#path} has ${port.writableLength} bytes to send already; send less or slower`;
      throw new TwinError('SERIAL_WRITE_FULL', message, { retryable: true });
    }
    const late = (): Error => new Error(`the bytes did not leave within ${WRITE_LIMIT_MS / 1000} s`);
    const send = (settle: (error?: Error | null) => void): void => {
      port.write(Buffer.from(bytes), (error) => (error ? settle(error) : port.drain(settle)));
    };
    await settleWithin(send, WRITE_LIMIT_MS, late, this.#gone.signal).catch((thrown: Error) => {
      throw thrown instanceof TwinError ? thrown : writeError(this.#path, thrown);
    });
  }

  async close(): Promise<void> {
    const port = this.#port;
    this.#port = undefined;
    this.#gone.abort(notOpen(this.#path));
    if (!port?.isOpen) return;
    const late = (): Error => new Error(`${this.#path} did not close`);
    // Whatever a port says while it closes, it is let go of.
    await settleWithin((settle) => port.close(settle), CLOSE_LIMIT_MS, late).catch(() => undefined);
  }

  async #find(): Promise<string> {
    const { port } = this.#options;
    if (typeof port === 'string') return port;
    const found = portOf(await serialPorts(), port);
    if (found) return found.path;
    const message = `no serial port of ${describeUsb(port)} is there; plug the board in or correct the ids`;
    throw new TwinError('SERIAL_PORT_MISSING', message, { retryable: true });
  }

  async #setLines(port: SerialPort): Promise<void> {
    const { dtr, rts } = this.#options;
    if (dtr === undefined && rts === undefined) return;
    const lines = { ...(dtr === undefined ? {} : { dtr }), ...(rts === undefined ? {} : { rts }) };
    // A pseudo-terminal has no control lines: that is no reason not to read from it.
    const late = (): Error => new Error(`${this.#path} did not set its control lines`);
    await settleWithin((settle) => port.set(lines, settle), CLOSE_LIMIT_MS, late).catch(() => undefined);
  }

  #lose(cause: Error | null): void {
    const port = this.#port;
    if (!port) return;
    this.#port = undefined;
    const error = lostError(this.#path, cause);
    this.#gone.abort(error);
    if (port.isOpen) port.close(() => undefined);
    this.emit('lost', error);
  }
}
