import type { Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

/*
 * A Nucleo board written down by hand from the layout of its frame, so that neither our encoder nor our decoder checks
 * itself. Every fourth temperature is whole, so that a lost decimal point shows; the last value tells the frames apart.
 */
const FRAME_BYTES = 22;
const VALUES_AT = 10;
/** The pace of a board at 38,400 baud that rests between its frames. */
const FRAME_GAP_MS = 15;

const KEYS = [
  ...['Ambient Temperature', 'Ambient Humidity', 'Wall1 Temperature', 'Wall1 Humidity'],
  ...['Wall2 Temperature', 'Wall2 Humidity'],
];

/** Hundredths, in the order of the frame. */
const rawValues = (n: number): number[] => [2000 + 25 * (n % 24), 4510, 2300, 5000, 1999, 3000 + n];

/** The readings' values of frame n. */
export const valuesOf = (n: number): Record<string, number> =>
  Object.fromEntries(rawValues(n).map((raw, i) => [KEYS[i]!, raw / 100]));

/** The same as `json.dumps` of Python writes them: floats with a decimal point, separated by a comma and a space. */
export const pythonJsonOf = (n: number): string =>
  `{${Object.entries(valuesOf(n))
    .map(([key, value]) => `"${key}": ${Number.isInteger(value) ? value.toFixed(1) : value}`)
    .join(', ')}}`;

export function frameOf(n: number): Buffer {
  const frame = Buffer.alloc(FRAME_BYTES);
  for (const [i, raw] of rawValues(n).entries()) frame.writeUInt16BE(raw, VALUES_AT + 2 * i);
  return frame;
}

/** Writes frames 0 to `count` - 1. */
export async function sendFrames(line: Writable, count: number, from = 0): Promise<void> {
  for (let n = from; n < from + count; n++) {
    line.write(frameOf(n));
    await wait(FRAME_GAP_MS);
  }
}
