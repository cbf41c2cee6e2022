import { SEQUENCE } from './keys';
import type { Reading } from './reading';

/** Nanoseconds in a millisecond. */
export const NANOSECONDS_PER_MS = 1_000_000;

/** The number of a reading within its source; undefined where it has none that counts. */
export function sequenceOf(reading: Reading): number | undefined {
  const sequence = reading[SEQUENCE];
  return Number.isSafeInteger(sequence) && (sequence as number) >= 0 ? (sequence as number) : undefined;
}

/**
 * A fast board sends several readings in a millisecond: their numbers keep their points apart in a database that stores
 * one point for each time and set of tags, and give the same point when the same reading comes again.
 *
 * @returns nanoseconds within the reading's millisecond, 0 to 999,999
 */
export function nanosecondsOf(reading: Reading): { readonly nanoseconds?: number } {
  const sequence = sequenceOf(reading);
  return sequence === undefined ? {} : { nanoseconds: sequence % NANOSECONDS_PER_MS };
}
