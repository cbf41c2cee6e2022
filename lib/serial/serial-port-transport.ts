import { EventEmitter } from 'node:events';
import { SerialPort } from 'serialport';
import { TwinError, messageOf } from '../reading/twin-error';
import { type UsbIdentity, portOf, serialPorts } from './serial-ports';
import type { SerialTransport } from './serial-transport';

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
  #port: SerialPort | undefined;
  #path: string;

  constructor(options: SerialPortOptions) {
    super();
    this.#options = options;
    this.#path = typeof options.port === 'string' ? options.port : describe(options.port);
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
    await new Promise<void>((resolve, reject) => {
      port.open((error) => (error ? reject(this.#openError(error)) : resolve()));
    });
    this.#port = port;
    // The loss of a port is only noticed while its data are read: so the listener is there from the start.
    port.on('data', (chunk: Buffer) => this.emit('data', chunk));
    port.on('error', (error) => this.#lose(error));
    port.on('close', (error: Error | null) => this.#lose(error));
    await this.#setLines(port);
  }

  async write(bytes: Uint8Array): Promise<void> {
    const port = this.#port;
    if (!port?.isOpen) throw new TwinError('SERIAL_CLOSED', `${this.#path} is not open`, { retryable: true });
    await new Promise<void>((resolve, reject) => {
      const failed = (error: Error): void =>
        reject(
          new TwinError('SERIAL_WRITE_FAILED', `writing to ${this.#path} failed: ${error.message}`, {
            retryable: true,
            cause: error,
          }),
        );
      port.write(Buffer.from(bytes), (error) => {
        if (error) failed(error);
        else port.drain((late) => (late ? failed(late) : resolve()));
      });
    });
  }

  async close(): Promise<void> {
    const port = this.#port;
    this.#port = undefined;
    if (!port?.isOpen) return;
    await new Promise<void>((resolve) => port.close(() => resolve()));
  }

  async #find(): Promise<string> {
    const { port } = this.#options;
    if (typeof port === 'string') return port;
    const found = portOf(await serialPorts(), port);
    if (found) return found.path;
    throw new TwinError(
      'SERIAL_PORT_MISSING',
      `no serial port of ${describe(port)} is there; plug the board in or correct the ids`,
      { retryable: true },
    );
  }

  async #setLines(port: SerialPort): Promise<void> {
    const { dtr, rts } = this.#options;
    if (dtr === undefined && rts === undefined) return;
    const lines = { ...(dtr === undefined ? {} : { dtr }), ...(rts === undefined ? {} : { rts }) };
    // A pseudo-terminal has no control lines: that is no reason not to read from it.
    await new Promise<void>((resolve) => port.set(lines, () => resolve()));
  }

  #openError(error: Error): TwinError {
    const text = messageOf(error);
    const [code, advice] = /lock|busy|EBUSY/i.test(text)
      ? ['SERIAL_PORT_BUSY', 'another program has it open; close that program']
      : /permission|EACCES|access denied/i.test(text)
        ? ['SERIAL_NOT_ALLOWED', 'the user that runs Node-RED may not open it; on Linux add it to the group dialout']
        : /no such file|ENOENT|not found/i.test(text)
          ? ['SERIAL_PORT_MISSING', 'it is not there; plug the board in or correct the path']
          : ['SERIAL_OPEN_FAILED', 'check the port and its settings'];
    return new TwinError(code, `${this.#path} cannot be opened: ${advice} (${text})`, {
      retryable: true,
      cause: error,
      facts: { port: this.#path },
    });
  }

  #lose(cause: Error | null): void {
    const port = this.#port;
    if (!port) return;
    this.#port = undefined;
    if (port.isOpen) port.close(() => undefined);
    const reason = cause ? ` (${cause.message})` : '';
    this.emit(
      'lost',
      new TwinError('SERIAL_PORT_LOST', `${this.#path} went away${reason}; it is opened again when it is back`, {
        retryable: true,
        cause,
        facts: { port: this.#path },
      }),
    );
  }
}

function describe({ vendorId, productId, serialNumber }: UsbIdentity): string {
  const serial = serialNumber ? `, serial number ${serialNumber}` : '';
  return `the USB device ${vendorId || 'any'}:${productId || 'any'}${serial}`;
}
