const STATE_WORDS = 624;
const SHIFT_WORDS = 397;

/**
 * Mersenne Twister MT19937 of Matsumoto and Nishimura (ACM TOMACS 8, 1998): a function that gives the next 32-bit
 * unsigned integer. The same numbers as NumPy's `RandomState(seed)`, which scikit-learn's `random_state` means.
 *
 * Domain: seed is an unsigned 32-bit integer. Period 2^19937 - 1; not for secrets. Cost: 624 words of state.
 *
 * @example
 * mersenneTwister(5489)(); // => 3499211612
 */
export function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(STATE_WORDS);
  state[0] = seed;
  for (let i = 1; i < STATE_WORDS; i++) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = Math.imul(1812433253, previous) + i;
  }
  let position = STATE_WORDS;
  return () => {
    if (position === STATE_WORDS) {
      twist(state);
      position = 0;
    }
    let word = state[position++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  };
}

function twist(state: Uint32Array): void {
  for (let i = 0; i < STATE_WORDS; i++) {
    const mixed = (state[i]! & 0x80000000) | (state[(i + 1) % STATE_WORDS]! & 0x7fffffff);
    state[i] = state[(i + SHIFT_WORDS) % STATE_WORDS]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
  }
}
