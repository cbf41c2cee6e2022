import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseReading } from '../../../lib/reading/reading-codec';
import { spliceStamp } from '../../../lib/reading/stamp';
import { TwinError } from '../../../lib/reading/twin-error';
import { seededRandom } from '../../support/seeded-random';
import { pick, randomReading, randomText } from './random-reading';

const KEY = 'Bridge_Timestamp';
const STAMP = 1674000000123;

function splice(text: string, key = KEY, stamp = STAMP): string {
  return spliceStamp(Buffer.from(text), key, stamp).toString();
}

/** The JSON of a value with random spaces and escapes, as any client may write it. */
function writeLoosely(value: unknown, random: () => number): string {
  const gap = (): string => pick(random, ['', '', ' ', '\n', '\t', ' \r\n ']);
  const quote = (text: string): string =>
    random() < 0.2
      ? `"${Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`
      : JSON.stringify(text);
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value))
    return `[${gap()}${value.map((item) => writeLoosely(item, random)).join(gap() + ',' + gap())}${gap()}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([key, item]) => quote(key) + gap() + ':' + gap() + writeLoosely(item, random),
    );
    return `{${gap()}${members.join(gap() + ',' + gap())}${gap()}}`;
  }
  return typeof value === 'number' && random() < 0.3 && Number.isInteger(value) && Math.abs(value) < 1e15
    ? `${value}.0`
    : JSON.stringify(value);
}

describe('spliceStamp', () => {
  it('adds the stamp as the last member and leaves every other byte as it came', () => {
    assert.equal(
      splice('{"Ambient Temperature": 23.0, "Ambient Humidity": 45.10, "MQTT_Timestamp": 1674000000000}'),
      '{"Ambient Temperature": 23.0, "Ambient Humidity": 45.10, "MQTT_Timestamp": 1674000000000, "Bridge_Timestamp": 1674000000123}',
    );
    assert.equal(splice('{}'), '{"Bridge_Timestamp": 1674000000123}');
    assert.equal(splice('{ }'), '{"Bridge_Timestamp": 1674000000123 }');
    assert.equal(splice('\uFEFF {"a":1e5\n}\r\n'), '\uFEFF {"a":1e5, "Bridge_Timestamp": 1674000000123\n}\r\n');
    assert.equal(
      splice('{"a":{"b":"}"},"c":["\\"}"]}'),
      '{"a":{"b":"}"},"c":["\\"}"], "Bridge_Timestamp": 1674000000123}',
    );
  });

  it('replaces the value of a top-level key in place, of doubled keys each one, and never a nested one', () => {
    assert.equal(splice('{"Bridge_Timestamp": 1, "a": 2}'), '{"Bridge_Timestamp": 1674000000123, "a": 2}');
    assert.equal(splice('{"Bridge_Timestamp" :"x" , "a": 2}'), '{"Bridge_Timestamp" :1674000000123 , "a": 2}');
    assert.equal(
      splice('{"Bridge_Timestamp":{"z":[1]},"Bridge_Timestamp":null}'),
      '{"Bridge_Timestamp":1674000000123,"Bridge_Timestamp":1674000000123}',
    );
    assert.equal(splice('{"Bridge\\u005fTimestamp": 1}'), '{"Bridge\\u005fTimestamp": 1674000000123}');
    assert.equal(
      splice('{"a": {"Bridge_Timestamp": 1}}'),
      '{"a": {"Bridge_Timestamp": 1}, "Bridge_Timestamp": 1674000000123}',
    );
  });

  it('works on keys and bytes beyond ASCII and on a view into a larger buffer', () => {
    assert.equal(splice('{"°C": "漢😀"}', 'Zeit ü'), '{"°C": "漢😀", "Zeit ü": 1674000000123}');
    assert.equal(splice('{"Zeit ü": 0}', 'Zeit ü'), '{"Zeit ü": 1674000000123}');
    const large = new TextEncoder().encode('xx{"a": 1}yy');
    assert.equal(spliceStamp(large.subarray(2, 10), 'k', 5).toString(), '{"a": 1, "k": 5}');
  });

  it('does not overflow on deep nesting', () => {
    const deep = `{"a": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    assert.equal(splice(deep), deep.slice(0, -1) + ', "Bridge_Timestamp": 1674000000123}');
  });

  it('refuses a stamp that is not an integer', () => {
    for (const stamp of [1.5, NaN, Infinity, 2 ** 60]) {
      assert.throws(() => splice('{}', KEY, stamp), { code: 'READING_BAD_STAMP' });
    }
  });

  it('keeps every other byte for 5,000 random objects', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 5_000; round++) {
      const reading = randomReading(random);
      const key = random() < 0.3 ? pick(random, [...Object.keys(reading), KEY]) : KEY + randomText(random);
      const text = writeLoosely(reading, random) + pick(random, ['', ' ', '\n']);
      const stamp = Math.floor(random() * 4e12);
      const spliced = splice(text, key, stamp);
      assert.deepEqual(parseReading(spliced), { ...parseReading(text), [key]: stamp }, text);
      if (!(key in reading)) {
        const added = `${Object.keys(reading).length > 0 ? ', ' : ''}${JSON.stringify(key)}: ${stamp}`;
        const at = spliced.lastIndexOf(added);
        assert.equal(spliced.slice(0, at) + spliced.slice(at + added.length), text);
      }
    }
  });

  it('accepts and refuses exactly what parseReading does, for 40,000 damaged texts', () => {
    const random = seededRandom(99);
    const alphabet = [...'{}[]",:\\ 0123456789.eE+-untrfalsNI/b', '\u0000', '\u001f', '\t', '\uFEFF', 'é'];
    let refused = 0;
    for (let round = 0; round < 40_000; round++) {
      let text = writeLoosely(randomReading(random), random);
      for (let left = Math.floor(random() * 3); left > 0; left--) {
        const at = Math.floor(random() * (text.length + 1));
        text = text.slice(0, at) + pick(random, ['', ...alphabet]) + text.slice(at + Math.floor(random() * 2));
      }
      const outcomes = [() => parseReading(text), () => splice(text)].map((work) => {
        try {
          work();
          return 'accepted';
        } catch (thrown) {
          assert.ok(thrown instanceof TwinError, String(thrown));
          return thrown.code;
        }
      });
      assert.equal(outcomes[1], outcomes[0], JSON.stringify(text));
      if (outcomes[0] !== 'accepted') refused++;
    }
    assert.ok(refused > 5_000 && refused < 35_000, `${refused} refused: the damage should hit some and spare some`);
  });
});
