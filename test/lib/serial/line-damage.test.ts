import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FrameResult, Framer } from '../../../lib/serial/framer';
import { NucleoFramer } from '../../../lib/serial/nucleo-framer';
import { seededRandom } from '../../support/seeded-random';
import { compareReadings, knownFrames, readingsOf, sensorValues, unusedBytes, type KnownFrame } from './nucleo-frames';

const FRAMES = 100;
const ROUNDS = 20;

interface Damage {
  /** The bytes of frame n as they reach us, in pieces with a pause after each. */
  readonly pieces: (frame: KnownFrame, n: number, random: () => number) => Buffer[];
  /** Frames of 100 that arrive whole. */
  readonly whole: number;
}

const isTenth = (n: number): boolean => n % 10 === 5;
const noise = (random: () => number): Buffer =>
  Buffer.from(Array.from({ length: 1 + Math.floor(random() * 12) }, () => Math.floor(random() * 256)));

/** What a reader of a serial line meets, one frame at a time with a pause behind it. */
const damages: Readonly<Record<string, Damage>> = {
  clean: { whole: 100, pieces: ({ bytes }) => [bytes] },
  'split by pauses': {
    whole: 100,
    pieces: ({ bytes }, _n, random) => {
      const cut = 1 + Math.floor(random() * 21);
      return [bytes.subarray(0, cut), bytes.subarray(cut)];
    },
  },
  'bytes lost': {
    whole: 90,
    pieces: ({ bytes }, n, random) => {
      if (!isTenth(n)) return [bytes];
      const lost = 1 + Math.floor(random() * 8);
      const at = Math.floor(random() * (bytes.length - lost));
      return [Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + lost)])];
    },
  },
  truncated: {
    whole: 90,
    pieces: ({ bytes }, n, random) => [isTenth(n) ? bytes.subarray(0, 1 + Math.floor(random() * 21)) : bytes],
  },
  noise: {
    whole: 100,
    pieces: ({ bytes }, _n, random) => [random() < 0.5 ? Buffer.concat([noise(random), bytes]) : bytes],
  },
  'noise behind': {
    whole: 100,
    pieces: ({ bytes }, _n, random) => [random() < 0.5 ? Buffer.concat([bytes, noise(random)]) : bytes],
  },
};

/** Readings of the damaged line, with the pauses or in one gapless stream. */
function read(framer: Framer, pieces: readonly Buffer[], pauses: boolean): FrameResult[] {
  return [...pieces.flatMap((piece) => [...framer.push(piece), ...(pauses ? framer.quiet() : [])]), ...framer.end()];
}

for (const [name, { pieces, whole }] of Object.entries(damages)) {
  describe(`100 frames, ${name}`, () => {
    for (const [bytesName, unused] of Object.entries(unusedBytes)) {
      for (const pauses of [true, false]) {
        it(`give ${whole} readings and none that is wrong, with ${bytesName} unused, ${pauses ? 'with pauses' : 'gapless'}`, () => {
          for (const values of [sensorValues['slowly moving values']!, sensorValues['values anywhere in range']!]) {
            for (let round = 0; round < ROUNDS; round++) {
              const random = seededRandom(1_000 + round);
              const frames = knownFrames(FRAMES, random, unused, values);
              const line = frames.flatMap((frame, n) => pieces(frame, n, random));
              const sentWhole = whole === 100 ? frames : frames.filter((_, n) => !isTenth(n));
              const results = read(new NucleoFramer(), line, pauses);
              assert.deepEqual(
                compareReadings(readingsOf(results), sentWhole),
                { found: whole, wrong: [] },
                `round ${round}`,
              );
            }
          }
        });
      }
    }
  });
}
