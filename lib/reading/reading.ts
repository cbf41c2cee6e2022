import { types } from 'node:util';

/**
 * One reading of the wire: a flat JSON object of measured values (keys with spaces, such as `Ambient Temperature`) and
 * of integer stamps in epoch milliseconds. Keys that nobody here knows travel through untouched.
 */
export type Reading = Record<string, unknown>;

/** True for what may stand as a reading in a message: an object that is no array, no bytes and no date. */
export function isReading(value: unknown): value is Reading {
  if (typeof value !== 'object' || value === null) return false;
  return !Array.isArray(value) && !ArrayBuffer.isView(value) && !types.isDate(value);
}
