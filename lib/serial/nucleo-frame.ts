import {
  AMBIENT_HUMIDITY,
  AMBIENT_TEMPERATURE,
  WALL1_HUMIDITY,
  WALL1_TEMPERATURE,
  WALL2_HUMIDITY,
  WALL2_TEMPERATURE,
} from '../reading/keys';
import type { Reading } from '../reading/reading';
import { TwinError } from '../reading/twin-error';
import { plausibleRange } from './plausible-range';

/*
 * The frame of the Nucleo board, 22 bytes, no checksum:
 *
 *   byte   0  1  2  3    4 … 9     10 11      12 13      14 15     16 17     18 19     20 21
 *         00 00 00 00   unused    ambient    ambient    wall 1    wall 1    wall 2    wall 2
 *                                 temp.      humidity   temp.     humidity  temp.     humidity
 *
 * Values are unsigned 16-bit, big-endian, hundredths (degrees Celsius, per cent).
 */
export const NUCLEO_FRAME_BYTES = 22;
export const NUCLEO_HEADER_BYTES = 4;
export const NUCLEO_VALUES_AT = 10;
export const NUCLEO_UNUSED_BYTES = NUCLEO_VALUES_AT - NUCLEO_HEADER_BYTES;
const PER_UNIT = 100;
const MAX_RAW = 0xffff;

/** The keys in the order of the frame. */
export const NUCLEO_KEYS = [
  AMBIENT_TEMPERATURE,
  AMBIENT_HUMIDITY,
  WALL1_TEMPERATURE,
  WALL1_HUMIDITY,
  WALL2_TEMPERATURE,
  WALL2_HUMIDITY,
] as const;

/** The largest raw value that a sensor can report, by place in the frame. */
export const NUCLEO_MAX_RAW: readonly number[] = NUCLEO_KEYS.map((key) =>
  Math.round((plausibleRange(key)?.max ?? MAX_RAW) * PER_UNIT),
);

/** The values of the 22 bytes at an offset; neither header nor range is checked. */
export function decodeNucleoFrame(bytes: Uint8Array, offset = 0): Reading {
  const values: Reading = {};
  let at = offset + NUCLEO_VALUES_AT;
  for (const key of NUCLEO_KEYS) {
    values[key] = (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) / PER_UNIT;
    at += 2;
  }
  return values;
}

/**
 * The frame of six values, rounded to hundredths.
 *
 * @param unused bytes 4 to 9 (zeros by default)
 * @throws TwinError SERIAL_NOT_ENCODABLE for a value that is missing or below 0 or above 655.35
 */
export function encodeNucleoFrame(values: Reading, unused?: Uint8Array): Buffer {
  const frame = Buffer.alloc(NUCLEO_FRAME_BYTES);
  if (unused !== undefined) frame.set(unused.subarray(0, NUCLEO_UNUSED_BYTES), NUCLEO_HEADER_BYTES);
  let at = NUCLEO_VALUES_AT;
  for (const key of NUCLEO_KEYS) {
    const value = values[key];
    const raw = typeof value === 'number' ? Math.round(value * PER_UNIT) : NaN;
    if (!(raw >= 0 && raw <= MAX_RAW)) {
      const message = `the Nucleo frame needs "${key}" from 0 to 655.35, got ${String(value)}`;
      throw new TwinError('SERIAL_NOT_ENCODABLE', message, { facts: { key } });
    }
    at = frame.writeUInt16BE(raw, at);
  }
  return frame;
}
