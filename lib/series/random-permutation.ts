import { mersenneTwister } from './mersenne-twister';

/**
 * Random order of 0 … n-1, the same for the same seed: Fisher and Yates' shuffle over MT19937 with masked rejection, as
 * NumPy's `RandomState(seed).permutation(n)` does it.
 *
 * Domain: n < 2^32. Cost: linear.
 *
 * @example
 * randomPermutation(5, 42); // => Uint32Array.of(1, 4, 2, 0, 3)
 */
export function randomPermutation(n: number, seed: number): Uint32Array {
  const next = mersenneTwister(seed);
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const mask = 0xffffffff >>> Math.clz32(i);
    let j = (next() & mask) >>> 0;
    while (j > i) j = (next() & mask) >>> 0;
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
