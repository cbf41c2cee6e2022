/** Park-Miller generator: numbers above 0 and below 1, the same in every run. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 0x7fffffff) / 0x7fffffff;
}
