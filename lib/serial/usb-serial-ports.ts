import { readFile, readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SerialPortFacts } from './serial-ports';

/** A serial interface lies at most so many folders below its USB device. */
const MAX_CLIMB = 6;

/**
 * The serial ports of USB devices as the Linux kernel lists them, for systems without udevadm (containers).
 *
 * @param root sysfs, mounted at `/sys`
 * @throws the error of the file system where there is no sysfs
 */
export async function usbSerialPorts(root = '/sys'): Promise<SerialPortFacts[]> {
  const folder = join(root, 'class/tty');
  const names = await readdir(folder);
  const ports = await Promise.all(names.map((name) => usbPort(name, join(folder, name, 'device'))));
  return ports.filter((port) => port !== undefined).sort((a, b) => a.path.localeCompare(b.path));
}

async function usbPort(name: string, device: string): Promise<SerialPortFacts | undefined> {
  let folder = await realpath(device).catch(() => undefined);
  for (let level = 0; folder !== undefined && level < MAX_CLIMB; level++) {
    const vendorId = await attribute(folder, 'idVendor');
    if (vendorId !== '') {
      const [productId, serialNumber, manufacturer] = await Promise.all(
        ['idProduct', 'serial', 'manufacturer'].map((file) => attribute(folder ?? '', file)),
      );
      return {
        ...{ path: `/dev/${name}`, vendorId, manufacturer: manufacturer ?? '' },
        ...{ productId: productId ?? '', serialNumber: serialNumber ?? '' },
      };
    }
    folder = dirname(folder);
  }
  return undefined;
}

const attribute = (folder: string, file: string): Promise<string> =>
  readFile(join(folder, file), 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
