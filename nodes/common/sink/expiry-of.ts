import { assertTimely } from '../../../lib/delivery/expiry';
import type { FlowMessage } from '../message';

/**
 * Until when a message may be sent (`msg.expires`, epoch ms), wherever it waits; undefined without a limit. A sink
 * hands it to its client with the message, which looks again at the moment of sending.
 *
 * @throws TwinError `DELIVERY_EXPIRED` when that has passed
 */
export function expiryOf({ expires }: FlowMessage): number | undefined {
  const expiresMs = typeof expires === 'number' && !Number.isNaN(expires) ? expires : undefined;
  assertTimely(expiresMs, Date.now());
  return expiresMs;
}
