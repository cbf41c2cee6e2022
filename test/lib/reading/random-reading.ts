import type { Reading } from '../../../lib/reading/reading';

const ALPHABET = [
  'a',
  'Z',
  ' ',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '\n',
  '\u0001',
  'é',
  '漢',
  '😀',
  '\u2028',
  '/',
];

/** A random text of up to nine characters, most of them awkward in JSON. */
export function randomText(random: () => number): string {
  let text = '';
  for (let left = Math.floor(random() * 10); left > 0; left--) text += pick(random, ALPHABET);
  return text;
}

export function pick<T>(random: () => number, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('pick needs a list that is not empty');
  return item;
}

/** A random reading: measured values, stamps, awkward keys and texts, nested values. */
export function randomReading(random: () => number): Reading {
  const reading: Reading = {};
  for (let left = Math.floor(random() * 8); left > 0; left--) {
    const key = pick(random, ['Ambient Temperature', 'MQTT_Timestamp', 'Sequence', randomText(random), 'x' + left]);
    if (key !== '__proto__') reading[key] = randomValue(random, 0);
  }
  return reading;
}

function randomValue(random: () => number, depth: number): unknown {
  const kind = Math.floor(random() * (depth < 3 ? 9 : 6));
  if (kind === 0) return Math.floor((random() - 0.5) * 1e4);
  if (kind === 1) return (random() - 0.5) * 10 ** Math.floor(random() * 40 - 20);
  if (kind === 2) return Math.round(random() * 4e12);
  if (kind === 3) return randomText(random);
  if (kind === 4) return pick(random, [true, false, null, 0, 1e21, 1e-9]);
  if (kind === 5) return Math.round(random() * 10_000) / 100;
  if (kind === 6) return Array.from({ length: Math.floor(random() * 4) }, () => randomValue(random, depth + 1));
  const object: Reading = {};
  for (let left = Math.floor(random() * 4); left > 0; left--)
    object[randomText(random)] = randomValue(random, depth + 1);
  return object;
}
