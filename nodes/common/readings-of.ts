import { parseReading } from '../../lib/reading/reading-codec';
import type { Reading } from '../../lib/reading/reading';
import { TwinError } from '../../lib/reading/twin-error';

/** The readings of a payload, and whether it was a batch, so that the answer can be in kind. */
export interface Readings {
  readonly items: readonly unknown[];
  readonly batch: boolean;
}

/** Every node takes a reading or an array of them. */
export function readingsOf(payload: unknown): Readings {
  return Array.isArray(payload) ? { items: payload, batch: true } : { items: [payload], batch: false };
}

/**
 * One item of a payload as a reading; text and Buffers are parsed as the JSON of the wire.
 * @throws TwinError READING_… when it is none
 */
export function asReading(item: unknown): Reading {
  if (typeof item === 'string' || item instanceof Uint8Array) return parseReading(item);
  if (typeof item === 'object' && item !== null && !Array.isArray(item)) return item as Reading;
  throw new TwinError(
    'READING_NOT_AN_OBJECT',
    `a reading is an object such as {"Ambient Temperature": 22.5}; got ${item === null ? 'null' : Array.isArray(item) ? 'an array' : typeof item}`,
  );
}
