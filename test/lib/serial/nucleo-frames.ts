import { NUCLEO_KEYS, encodeNucleoFrame } from '../../../lib/serial/nucleo-frame';
import type { FrameResult, Framer } from '../../../lib/serial/framer';
import type { Reading } from '../../../lib/reading/reading';

/** What a board may put into bytes 4 to 9. */
export const unusedBytes: Readonly<Record<string, (random: () => number) => Buffer>> = {
  zeros: () => Buffer.alloc(6),
  constant: () => Buffer.from([1, 2, 3, 4, 5, 6]),
  'zeros and a flag': () => Buffer.from([0, 0, 0, 7, 0, 0]),
  random: (random) => Buffer.from(Array.from({ length: 6 }, () => Math.floor(random() * 256))),
};

/** What sensors may report: six values of frame n. */
export const sensorValues: Readonly<Record<string, (random: () => number, n: number) => number[]>> = {
  'slowly moving values': (random, n) => [
    22 + 2 * Math.sin(n / 20) + 0.2 * random(),
    45 + 5 * Math.sin(n / 30) + random(),
    ...[21 + 0.3 * random(), 50 + 0.5 * random(), 20 + 0.1 * random(), 55 + random()],
  ],
  'values anywhere in range': (random) => [0, 1, 2, 3, 4, 5].map((field) => random() * (field % 2 === 0 ? 125 : 100)),
  'values with many zeros': (random) =>
    [0, 1, 2, 3, 4, 5].map((field) => (random() < 0.3 ? 0 : random() * (field % 2 === 0 ? 125 : 100))),
  'one value for ever': () => [22.51, 45.1, 21.99, 50.1, 20.05, 55.55],
  'a first sensor that reports 0': (random) => [0, 0, 21 + random(), 50 + random(), 20 + random(), 50 + random()],
  'last sensors that report 0': (random) => [22 + random(), 45 + random(), 21 + random(), 50 + random(), 0, 0],
};

export interface KnownFrame {
  readonly values: Reading;
  readonly bytes: Buffer;
}

/** Frames whose values are known. */
export function knownFrames(
  count: number,
  random: () => number,
  unused: (random: () => number) => Buffer,
  valuesOf: (random: () => number, n: number) => number[],
): KnownFrame[] {
  return Array.from({ length: count }, (_, n) => {
    const six = valuesOf(random, n);
    const values = Object.fromEntries(
      NUCLEO_KEYS.map((key, field) => [key, Math.round((six[field] ?? 0) * 100) / 100]),
    );
    return { values, bytes: encodeNucleoFrame(values, unused(random)) };
  });
}

export const readingsOf = (results: readonly FrameResult[]): Reading[] =>
  results.flatMap((result) => (result.kind === 'reading' ? [result.values] : []));

/** Feeds bytes in pieces of random length, at most `longest` each. */
export function pushCut(framer: Framer, bytes: Buffer, random: () => number, longest: number): FrameResult[] {
  const results: FrameResult[] = [];
  for (let at = 0; at < bytes.length;) {
    const to = at + 1 + Math.floor(random() * longest);
    results.push(...framer.push(bytes.subarray(at, to)));
    at = to;
  }
  return results;
}

export interface Findings {
  /** Frames that were found, in order. */
  readonly found: number;
  /** Readings that no frame carried, or that came twice or out of order. */
  readonly wrong: Reading[];
}

/** Compares readings with the frames that reached the line whole. */
export function compareReadings(readings: readonly Reading[], whole: readonly KnownFrame[]): Findings {
  const expected = whole.map(({ values }) => JSON.stringify(values));
  const wrong: Reading[] = [];
  let next = 0;
  let found = 0;
  for (const reading of readings) {
    const at = expected.indexOf(JSON.stringify(reading), next);
    if (at < 0) wrong.push(reading);
    else {
      found++;
      next = at + 1;
    }
  }
  return { found, wrong };
}
