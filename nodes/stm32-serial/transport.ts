import { SerialPortTransport } from '../../lib/serial/serial-port-transport';
import type { SerialTransport } from '../../lib/serial/serial-transport';
import { SimulatedTransport } from '../../lib/serial/simulated-transport';
import type { OptionsOf } from '../common/definition';
import type { definition } from './options';

type Options = OptionsOf<typeof definition>;

const LINE = { leave: undefined, on: true, off: false } as const;

/** Makes the way to the board that the options name. */
export function transportOf(options: Options): SerialTransport {
  if (options.transport === 'simulated') {
    const { format, rate, seed, dayMinutes } = options;
    return new SimulatedTransport({ format, framesPerS: rate, seed, dayMs: dayMinutes * 60_000 });
  }
  const { vendorId, productId, serialNumber } = options;
  return new SerialPortTransport({
    port: options.portBy === 'usb' ? { vendorId, productId, serialNumber } : options.path,
    baudRate: options.baudRate,
    dataBits: Number(options.dataBits) as 5 | 6 | 7 | 8,
    stopBits: Number(options.stopBits) as 1 | 2,
    parity: options.parity,
    dtr: LINE[options.dtr],
    rts: LINE[options.rts],
    hangUpOnClose: options.hangUp,
  });
}
