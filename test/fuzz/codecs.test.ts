import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { describe } from 'node:test';
import { messageSource } from '../../lib/bridge/message-source';
import { readingIn, readingPayload } from '../../lib/reading/reading-payload';
import { isReading, type Reading } from '../../lib/reading/reading';
import { encodeReading, parseReading } from '../../lib/reading/reading-codec';
import { spliceMark, spliceStamp } from '../../lib/reading/stamp';
import { randomReading } from '../lib/reading/random-reading';
import { attempt, fuzz } from './fuzz';
import { between, bytesOf, mutate, nastyText, pick } from './material';
import { randomValue } from './random-value';

const ALPHABET = Buffer.from('{}[]",:\\ 0123456789.eE+-truefalsnNIuб\n');
const STAMPS = ['Bridge_Timestamp', 'MQTT_Timestamp', 'Ambient Temperature', 'é "\\', '__proto__', ''];

/** JSON as this or that program lays it out, or nearly. */
function jsonText(random: () => number): Buffer {
  const reading = randomReading(random);
  if (random() < 0.3) reading[pick(random, STAMPS)] = pick(random, [1, null, 'x', [1, { a: 2 }]]);
  const kind = random();
  if (kind < 0.1) return bytesOf(random, ALPHABET, between(random, 0, 60));
  const text = kind < 0.4 ? encodeReading(reading) : JSON.stringify(reading, null, between(random, 0, 2));
  const marked = Buffer.from(random() < 0.05 ? `\ufeff${text}` : text);
  return random() < 0.3 ? marked : mutate(random, marked, ALPHABET);
}

/** What JSON.parse makes of the bytes, by the rules of the wire; undefined where they are no reading. */
function oracle(json: Buffer): Reading | undefined {
  if (!isUtf8(json)) return undefined;
  try {
    const value: unknown = JSON.parse(json.toString().replace(/^\ufeff/, ''));
    return isReading(value) && !holdsInfinity(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const holdsInfinity = (value: unknown): boolean =>
  typeof value === 'object' && value !== null
    ? Object.values(value).some(holdsInfinity)
    : value === Infinity || value === -Infinity;

/** Own members, in their order, `__proto__` included, which `deepEqual` may take for something else. */
const membersOf = (reading: Reading): [string, string][] =>
  Object.entries(reading).map(([key, value]) => [key, JSON.stringify(value)]);

describe('the codec of readings', () => {
  fuzz(
    'JSON text',
    'takes what JSON.parse takes, stamps it in place, and refuses the rest as a TwinError',
    (random) => {
      const json = jsonText(random);
      const expected = oracle(json);
      const parsed = attempt(() => parseReading(random() < 0.5 && isUtf8(json) ? json.toString() : json));
      if (expected === undefined) assert.ok('refusal' in parsed, 'it was read, though it is no reading');
      else assert.deepEqual('value' in parsed && membersOf(parsed.value), membersOf(expected));

      const key = pick(random, STAMPS);
      const stamped = attempt(() => spliceStamp(json, key, 1_674_000_000_000));
      assert.equal('refusal' in stamped, expected === undefined, json.toString());
      if (!('value' in stamped) || expected === undefined) return;
      const known = Object.hasOwn(expected, key);
      const after = membersOf(oracle(stamped.value)!);
      const before = membersOf(expected);
      // Integer-like keys go first in an object of JavaScript, wherever they stand in the text; no stamp has one.
      assert.deepEqual(
        after,
        known
          ? before.map(([name, value]) => [name, name === key ? '1674000000000' : value])
          : [...before, [key, '1674000000000']],
      );
      if (!known) assert.equal(stamped.value.length - json.length, addedBytes(key, before.length));
      assert.deepEqual(
        spliceStamp(stamped.value, key, 1_674_000_000_000),
        stamped.value,
        'the same stamp changes nothing',
      );
      const marked = attempt(() => spliceMark(json, 'Replayed'));
      assert.equal('value' in marked && oracle(marked.value)?.['Replayed'], true);
      const source = attempt(() => messageSource(json));
      const given = expected['Source'];
      const named = typeof given === 'string' || typeof given === 'number' ? String(given) : null;
      assert.equal('value' in source && source.value, named);
    },
  );

  fuzz('readings', 'gives back the reading that was encoded, in a form that is stable', (random) => {
    const reading = randomReading(random);
    for (let left = between(random, 0, 2); left > 0; left--) reading[nastyText(random)] = nastyText(random);
    const text = encodeReading(reading);
    const back = JSON.parse(text) as Reading;
    assert.deepEqual(membersOf(back), membersOf(reading));
    assert.deepEqual(membersOf(parseReading(Buffer.from(text))), membersOf(reading));
    assert.equal(encodeReading(back), text);
    for (const [, number] of text.matchAll(/"Ambient Temperature": (-?[\d.e+-]+)/g)) assert.match(number!, /[.e]/);
    const sent = readingPayload(reading, 1_674_000_000_000);
    assert.equal(parseReading(String(sent))['MQTT_Timestamp'], 1_674_000_000_000);
  });

  fuzz(
    'values that are no readings',
    'encodes what JSON.stringify encodes, and refuses the rest as a TwinError',
    (random) => {
      const value = randomValue(random);
      const encoded = attempt(() => encodeReading(value as Reading));
      // Compared as text, since JSON.stringify loses the sign of -0.
      if ('value' in encoded) assert.equal(JSON.stringify(JSON.parse(encoded.value)), JSON.stringify(value));
      attempt(() => readingIn(value));
      const payload = attempt(() => readingPayload(value, random() < 0.5 ? 1 : undefined));
      if ('value' in payload) assert.ok(typeof payload.value === 'string' || Buffer.isBuffer(payload.value));
    },
  );
});

const addedBytes = (key: string, membersBefore: number): number =>
  Buffer.byteLength(`${JSON.stringify(key)}: 1674000000000`) + (membersBefore > 0 ? 2 : 0);
