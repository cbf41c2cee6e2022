import { TwinError, messageOf } from '../reading/twin-error';
import { type FrameResult, type Framer, rejectedBytes } from './framer';
import { climate } from './pico-format';

/**
 * Datagrams such as `22.51 45.10:...`: what stands before the first colon is temperature and humidity, set apart by
 * spaces. One chunk is one datagram, as UDP keeps their bounds. The board sends them to whoever has sent
 * `Ready to Receive Readings...` to its port 2222.
 */
export class UdpTextFramer implements Framer {
  #skippedBytes = 0;
  readonly pendingBytes = 0;

  get skippedBytes(): number {
    return this.#skippedBytes;
  }

  push(datagram: Uint8Array): FrameResult[] {
    if (datagram.length === 0) return [];
    try {
      const text = Buffer.from(datagram).toString('utf8');
      const colon = text.indexOf(':');
      if (colon < 0) throw new TwinError('SERIAL_DATAGRAM_UNREADABLE', 'expected a colon, as in "22.51 45.10:"');
      const parts = text.slice(0, colon).trim().split(/\s+/);
      if (parts.length !== 2)
        throw new TwinError(
          'SERIAL_DATAGRAM_UNREADABLE',
          `expected two numbers before the colon, got ${parts.length} parts`,
        );
      return [{ kind: 'reading', values: climate(parts[0]!, parts[1]!) }];
    } catch (thrown) {
      this.#skippedBytes += datagram.length;
      const code = thrown instanceof TwinError ? thrown.code : 'SERIAL_DATAGRAM_UNREADABLE';
      return [rejectedBytes(code, messageOf(thrown), datagram)];
    }
  }

  quiet(): FrameResult[] {
    return [];
  }

  end(): FrameResult[] {
    return [];
  }

  reset(): void {}
}
