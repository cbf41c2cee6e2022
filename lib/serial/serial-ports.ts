import { SerialPort } from 'serialport';
import { TwinError, messageOf } from '../reading/twin-error';
import { usbSerialPorts } from './usb-serial-ports';

/** A serial port of this machine, as the operating system describes it. */
export interface SerialPortFacts {
  readonly path: string;
  readonly manufacturer: string;
  /** USB ids in lower-case hexadecimal, empty for a port that is no USB device. */
  readonly vendorId: string;
  readonly productId: string;
  readonly serialNumber: string;
}

/** Which USB device to look for; an empty field matches any. */
export interface UsbIdentity {
  readonly vendorId: string;
  readonly productId: string;
  readonly serialNumber: string;
}

/**
 * The serial ports that are there now.
 * @throws TwinError `SERIAL_PORTS_UNKNOWN` where the system cannot tell
 */
export async function serialPorts(): Promise<SerialPortFacts[]> {
  try {
    return (await SerialPort.list()).map(({ path, manufacturer, vendorId, productId, serialNumber }) => ({
      ...{ path, manufacturer: manufacturer ?? '', serialNumber: serialNumber ?? '' },
      ...{ vendorId: (vendorId ?? '').toLowerCase(), productId: (productId ?? '').toLowerCase() },
    }));
  } catch (cause) {
    // The list needs udevadm, which containers lack; the kernel knows the USB devices by itself.
    return usbSerialPorts().catch(() => {
      const message = `the system cannot list its serial ports (${messageOf(cause)}); give the port by its path`;
      throw new TwinError('SERIAL_PORTS_UNKNOWN', message, { cause });
    });
  }
}

/** The port of a USB device among the given ones: the same device keeps its ids when it is plugged in elsewhere. */
export function portOf(ports: readonly SerialPortFacts[], wanted: UsbIdentity): SerialPortFacts | undefined {
  const fits = (have: string, want: string): boolean => want === '' || have.toLowerCase() === want.toLowerCase();
  return ports.find(
    (port) =>
      port.vendorId !== '' &&
      fits(port.vendorId, wanted.vendorId) &&
      fits(port.productId, wanted.productId) &&
      fits(port.serialNumber, wanted.serialNumber),
  );
}

export function describeUsb({ vendorId, productId, serialNumber }: UsbIdentity): string {
  const serial = serialNumber ? `, serial number ${serialNumber}` : '';
  return `the USB device ${vendorId || 'any'}:${productId || 'any'}${serial}`;
}
