/**
 * One reading of the wire: a flat JSON object of measured values (keys with spaces, such as `Ambient Temperature`) and
 * of integer stamps in epoch milliseconds. Keys that nobody here knows travel through untouched.
 */
export type Reading = Record<string, unknown>;

/** True for what may stand as a reading in a message: an object that is neither an array nor a byte buffer. */
export function isReading(value: unknown): value is Reading {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
