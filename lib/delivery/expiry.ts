import { TwinError } from '../reading/twin-error';

/** @param expiresMs epoch ms; undefined never expires */
export const isExpired = (expiresMs: number | undefined, nowMs: number): boolean =>
  expiresMs !== undefined && nowMs >= expiresMs;

/** The end of a message that waited for too long: to go out now it is too late. */
export function expiredError(expiresMs: number | undefined): TwinError {
  const when = new Date(expiresMs ?? NaN);
  const at = Number.isNaN(when.getTime()) ? String(expiresMs) : when.toISOString();
  return new TwinError('DELIVERY_EXPIRED', `the message expired at ${at} (msg.expires) and was not sent`);
}

/**
 * Refuses what must not go out any more: to be called at the moment of sending, as messages wait for servers.
 * @throws TwinError `DELIVERY_EXPIRED`
 */
export function assertTimely(expiresMs: number | undefined, nowMs: number): void {
  if (isExpired(expiresMs, nowMs)) throw expiredError(expiresMs);
}
