import { heaterCommand } from '../../lib/serial/heater-command';
import { TwinError } from '../../lib/reading/twin-error';
import type { FlowMessage } from '../common/message';

/** What a message asks of the board. */
export type BoardRequest =
  { readonly kind: 'release' } | { readonly kind: 'resume' } | { readonly kind: 'write'; readonly bytes: Uint8Array };

/**
 * The bytes of the board in a message of a tcp or udp node.
 * @throws TwinError `SERIAL_REQUEST`
 */
export function boardBytes({ payload }: FlowMessage): Uint8Array {
  const bytes = bytesOf(payload);
  if (bytes) return bytes;
  const message = 'expected the bytes of the board in msg.payload, as a Buffer or text';
  throw new TwinError('SERIAL_REQUEST', message);
}

/** The bytes of a payload: a Buffer, an array of bytes, or text. */
function bytesOf(payload: unknown): Uint8Array | undefined {
  if (payload instanceof Uint8Array) return payload;
  if (typeof payload === 'string') return Buffer.from(payload);
  if (Array.isArray(payload) && payload.length > 0 && payload.every(isByte)) return Buffer.from(payload);
  return undefined;
}

/**
 * @param nowMs epoch ms
 * @throws TwinError `SERIAL_REQUEST` for a message that asks nothing known, `SERIAL_EXPIRED` for a command that comes
 *   too late
 */
export function boardRequest({ action, command, payload, expires }: FlowMessage, nowMs: number): BoardRequest {
  if (typeof expires === 'number' && nowMs >= expires) {
    const message = `the command expired ${Math.round(nowMs - expires)} ms ago (msg.expires) and was not sent to the board`;
    throw new TwinError('SERIAL_EXPIRED', message);
  }
  if (action === 'release' || action === 'resume') return { kind: action };
  if (command === 'heater-on') return { kind: 'write', bytes: heaterCommand() };
  const bytes = action === undefined && command === undefined ? bytesOf(payload) : undefined;
  if (bytes) return { kind: 'write', bytes };
  const got = action ?? command ?? payload;
  throw new TwinError(
    'SERIAL_REQUEST',
    'expected msg.action "release" or "resume", msg.command "heater-on", or bytes in msg.payload ' +
      `(a Buffer, text or numbers from 0 to 255); got ${typeof got === 'string' ? `"${got}"` : typeof got}`,
  );
}

const isByte = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
