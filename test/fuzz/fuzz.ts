import { it, type TestContext } from 'node:test';
import { messageOf, TwinError } from '../../lib/reading/twin-error';
import { seededRandom } from '../support/seeded-random';
import { SHARES } from './shares';

/** A failure names the seed; with `FUZZ_SEED` set to it the same inputs come again. */
const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 32);
/** Inputs over all targets. */
const total = Number(process.env['FUZZ_RUNS'] ?? 80_000);
if (!Number.isInteger(seed) || !Number.isInteger(total) || total < 1) {
  throw new Error(`FUZZ_SEED and FUZZ_RUNS are whole numbers, got ${seed} and ${total}`);
}
/** Odd, so that neighbouring inputs get seeds far apart, and no two the same. */
const SEED_STEP = 0x9e3779b1;

/**
 * Gives a target its share of the inputs; `one` makes the n-th of them from `random` and throws where it shows a fault.
 * Each input has a seed of its own, so that a change of one target leaves the inputs of the others as they were.
 */
export function fuzz(
  target: keyof typeof SHARES,
  promise: string,
  one: (random: () => number, n: number, t: TestContext) => void | Promise<void>,
): void {
  const runs = Math.ceil((total * SHARES[target]) / 100);
  const begin = seed ^ [...target].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 0);
  it(`${promise} (${runs} inputs, FUZZ_SEED=${seed})`, async (t) => {
    for (let n = 0; n < runs; n++) {
      try {
        const pending = one(seededRandom(begin + Math.imul(n, SEED_STEP)), n, t);
        if (pending) await pending;
      } catch (thrown) {
        throw new Error(`input ${n} of "${target}", FUZZ_SEED=${seed}: ${messageOf(thrown)}`, { cause: thrown });
      }
    }
  });
}

/** What the work gives, or the TwinError by which it refuses; any other exception is a fault. */
export function attempt<T>(work: () => T): { readonly value: T } | { readonly refusal: TwinError } {
  try {
    return { value: work() };
  } catch (thrown) {
    if (thrown instanceof TwinError) return { refusal: thrown };
    throw thrown;
  }
}

/** The same for work that ends later. */
export async function attemptLater<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly refusal: TwinError }> {
  try {
    return { value: await work() };
  } catch (thrown) {
    if (thrown instanceof TwinError) return { refusal: thrown };
    throw thrown;
  }
}
