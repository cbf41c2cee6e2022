import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, it } from 'node:test';
import { usbSerialPorts } from '../../../lib/serial/usb-serial-ports';

/** A folder laid out as the kernel lays out /sys. */
function sysfs(context: TestContext): string {
  const root = mkdtempSync(join(tmpdir(), 'sysfs-'));
  context.after(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'class/tty'), { recursive: true });
  return root;
}

function addTty(root: string, name: string, device: string): void {
  mkdirSync(join(root, 'devices', device), { recursive: true });
  mkdirSync(join(root, 'class/tty', name));
  symlinkSync(join(root, 'devices', device), join(root, 'class/tty', name, 'device'));
}

function describe(root: string, device: string, attributes: Record<string, string>): void {
  for (const [file, text] of Object.entries(attributes)) {
    writeFileSync(join(root, 'devices', device, file), `${text}\n`);
  }
}

it('finds USB ports with their ids, above the interface and above a converter, and no other ports', async (context) => {
  const root = sysfs(context);
  addTty(root, 'ttyACM0', 'pci0/usb1/1-1/1-1:1.2');
  describe(root, 'pci0/usb1/1-1', {
    ...{ idVendor: '0483', idProduct: '374b', serial: '066CFF', manufacturer: 'STMicroelectronics' },
  });
  addTty(root, 'ttyUSB0', 'pci0/usb1/1-2/1-2:1.0/ttyUSB0');
  describe(root, 'pci0/usb1/1-2', { idVendor: '0403', idProduct: '6001' });
  addTty(root, 'ttyS0', 'platform/serial8250');
  mkdirSync(join(root, 'class/tty/console'));
  assert.deepEqual(await usbSerialPorts(root), [
    {
      ...{ path: '/dev/ttyACM0', vendorId: '0483', productId: '374b' },
      ...{ serialNumber: '066CFF', manufacturer: 'STMicroelectronics' },
    },
    { path: '/dev/ttyUSB0', vendorId: '0403', productId: '6001', serialNumber: '', manufacturer: '' },
  ]);
});

it('rejects where there is no sysfs', async () => {
  await assert.rejects(usbSerialPorts('/no/such/folder'), { code: 'ENOENT' });
});
