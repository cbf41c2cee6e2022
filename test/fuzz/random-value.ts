import { between, nastyText, pick } from './material';

const constantForm = (text: string): object => ({ toJSON: () => text });

/** Scalars of JavaScript, most of which no wire can carry. */
const scalars = (random: () => number): unknown =>
  pick<() => unknown>(random, [
    () => nastyText(random),
    () => pick(random, [NaN, Infinity, -Infinity, -0, 0, 1.5, 2 ** 53, 1e21, -1e300, 5e-324, 1_674_000_000_000]),
    () => pick(random, [true, false, null, undefined]),
    () => pick(random, [0n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n)]),
    () => pick(random, [Symbol('s'), () => 1, new Date(0), new Date(NaN), /x/]),
    () => Buffer.from(nastyText(random)),
    () => new Map([['a', 1]]),
    () => ({
      toJSON: () => {
        throw new Error('no form');
      },
    }),
    () => constantForm(nastyText(random)),
    // A list with holes.
    () => Object.assign(new Array<unknown>(3), { 1: 1 }),
  ])();

/** Any value that a message could hold. */
export function randomValue(random: () => number, depth = 0): unknown {
  if (depth > 3 || random() < (depth === 0 ? 0.2 : 0.5)) return scalars(random);
  if (random() < 0.3) return Array.from({ length: between(random, 0, 3) }, () => randomValue(random, depth + 1));
  return Object.fromEntries(
    Array.from({ length: between(random, 0, 4) }, () => [
      pick(random, [
        'measurement',
        'fields',
        'tags',
        'time',
        'nanoseconds',
        'type',
        'value',
        'Source',
        nastyText(random),
      ]),
      randomValue(random, depth + 1),
    ]),
  );
}
