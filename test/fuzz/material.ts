/** A whole number from `from` to `to`, inclusive. */
export const between = (random: () => number, from: number, to: number): number =>
  from + Math.floor(random() * (to - from + 1));

export function pick<T>(random: () => number, items: readonly T[]): T {
  if (items.length === 0) throw new Error('pick needs a list that is not empty');
  return items[Math.floor(random() * items.length)] as T;
}

/** Bytes of an alphabet, one in ten of them any byte, so that input gets past the first check of a format. */
export function bytesOf(random: () => number, alphabet: Uint8Array, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) {
    bytes[i] = random() < 0.9 ? alphabet[Math.floor(random() * alphabet.length)]! : Math.floor(random() * 256);
  }
  return bytes;
}

/** A few changes as a line, a disk or a person makes them: bytes flipped, lost, added, doubled, cut off. */
export function mutate(random: () => number, bytes: Buffer, alphabet: Uint8Array): Buffer {
  let mutated = Buffer.from(bytes);
  for (let left = between(random, 1, 3); left > 0; left--) {
    const at = Math.floor(random() * (mutated.length + 1));
    const length = between(random, 1, 6);
    const kind = between(random, 0, 4);
    if (kind === 0 && at < mutated.length) mutated[at]! ^= 1 << between(random, 0, 7);
    else if (kind === 1) mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(at + length)]);
    else if (kind === 2) {
      mutated = Buffer.concat([mutated.subarray(0, at), bytesOf(random, alphabet, length), mutated.subarray(at)]);
    } else if (kind === 3) {
      mutated = Buffer.concat([mutated.subarray(0, at + length), mutated.subarray(at)]);
    } else mutated = mutated.subarray(0, at);
  }
  return mutated;
}

/** The bytes in pieces of random length, none of them empty. */
export function cut(random: () => number, bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  const longest = between(random, 1, 60);
  for (let at = 0; at < bytes.length;) {
    const to = at + between(random, 1, longest);
    pieces.push(bytes.subarray(at, to));
    at = to;
  }
  return pieces;
}

const NASTY = [
  ...'aZ09 ,="\'\\#/{}[]+-.:;|$%&<>\t\n\r',
  ...['\0', '\u0001', '\u007f', 'é', '漢', '😀', '\u2028', '\ufeff', '\ud800', '\r\n', '\\n', '\\\\', '__proto__'],
];

/** Text made of what some format takes for syntax. */
export const nastyText = (random: () => number, longest = 8): string =>
  Array.from({ length: between(random, 0, longest) }, () => pick(random, NASTY)).join('');
