import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Reading } from '../../../lib/reading/reading';
import { encodeReading, parseReading } from '../../../lib/reading/reading-codec';
import { TwinError } from '../../../lib/reading/twin-error';
import { seededRandom } from '../../support/seeded-random';
import { randomReading } from './random-reading';

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    assert.ok(thrown instanceof TwinError, `expected a TwinError, got ${String(thrown)}`);
    return thrown.code;
  }
  return 'none';
}

describe('encodeReading', () => {
  it('writes the wire form: measured values with a decimal point, stamps as integers', () => {
    const reading = {
      'Ambient Temperature': 23,
      'Ambient Humidity': 45.1,
      'Wall1 Temperature': -5,
      MQTT_Timestamp: 1674000000000,
      Sequence: 12,
      Source: 'Nucleo 1',
    };
    assert.equal(
      encodeReading(reading),
      '{"Ambient Temperature": 23.0, "Ambient Humidity": 45.1, "Wall1 Temperature": -5.0, "MQTT_Timestamp": 1674000000000, "Sequence": 12, "Source": "Nucleo 1"}',
    );
  });

  it('gives every finite measured value a decimal point or an exponent', () => {
    for (const value of [0, -0, 1, -1, 1e15, 1e20, 1e21, -1e21, 1e300, 5e-324, 1e-7, 0.1, Number.MAX_SAFE_INTEGER]) {
      const text = encodeReading({ x: value });
      assert.match(text, /[.e]/, `${value} became ${text}`);
      assert.ok(Object.is(parseReading(text)['x'], value), `${value} came back as ${String(parseReading(text)['x'])}`);
    }
  });

  it('keeps the integers of every stamp and counter key', () => {
    for (const key of ['Bridge_Timestamp', 'Kafka_Timestamp', 'Matlab_Processed_TimeMs', 'Java_Processed_Time']) {
      assert.equal(encodeReading({ [key]: 1674000000000 }), `{"${key}": 1674000000000}`);
    }
    assert.equal(encodeReading({ Replayed: true, Model_Reply_Time: 5 }), '{"Replayed": true, "Model_Reply_Time": 5}');
  });

  it('writes nested values, null, dates and text with quotes as JSON', () => {
    const reading = {
      a: null,
      b: { 'x "y"': 1, list: [1, 'z', null, { n: 2.5 }] },
      d: new Date(0),
      e: '}"\\\u2028 °C',
      gone: undefined,
    };
    const text = encodeReading(reading);
    assert.equal(
      text,
      '{"a": null, "b": {"x \\"y\\"": 1.0, "list": [1.0, "z", null, {"n": 2.5}]}, "d": "1970-01-01T00:00:00.000Z", "e": "}\\"\\\\\u2028 °C"}',
    );
    assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(reading)));
    assert.equal(encodeReading({}), '{}');
  });

  it('writes null for the holes of a sparse list', () => {
    assert.equal(encodeReading({ a: Object.assign(new Array<unknown>(3), { 1: 2 }) }), '{"a": [null, 2.0, null]}');
  });

  it('takes no date for a reading, and the JSON form of an object that has one', () => {
    assert.equal(
      codeOf(() => encodeReading(new Date(0) as unknown as Reading)),
      'READING_NOT_AN_OBJECT',
    );
    assert.equal(encodeReading({ toJSON: () => ({ a: 1 }) }), '{"a": 1.0}');
  });

  it('refuses what JSON cannot carry, by name', () => {
    const failing = {
      toJSON: () => {
        throw new Error('no form');
      },
    };
    assert.throws(() => encodeReading({ a: failing }), {
      code: 'READING_NOT_ENCODABLE',
      message: /"a" fails: no form/,
    });
    assert.equal(
      codeOf(() => encodeReading({ t: NaN })),
      'READING_NOT_A_NUMBER',
    );
    assert.equal(
      codeOf(() => encodeReading({ t: [1, -Infinity] })),
      'READING_NOT_A_NUMBER',
    );
    assert.equal(
      codeOf(() => encodeReading({ t: 1n })),
      'READING_NOT_ENCODABLE',
    );
    assert.equal(
      codeOf(() => encodeReading([1] as unknown as Reading)),
      'READING_NOT_AN_OBJECT',
    );
    const cyclic: Reading = {};
    cyclic['self'] = cyclic;
    assert.equal(
      codeOf(() => encodeReading(cyclic)),
      'READING_NOT_ENCODABLE',
    );
    assert.throws(() => encodeReading({ 'Ambient Temperature': NaN }), /"Ambient Temperature" is NaN/);
  });

  it('is the inverse of parseReading for 5,000 random readings', () => {
    const random = seededRandom(20260101);
    for (let round = 0; round < 5_000; round++) {
      const reading = randomReading(random);
      const text = encodeReading(reading);
      assert.deepEqual(parseReading(text), reading, text);
      assert.deepEqual(parseReading(Buffer.from(text)), reading, text);
      assert.equal(encodeReading(parseReading(text)), text);
    }
  });
});

describe('parseReading', () => {
  it('reads text, bytes and a view into a larger buffer, with or without a byte order mark', () => {
    const text = ' {"Ambient Temperature": 23.0, "Ort": "Küche"}\n';
    const expected = { 'Ambient Temperature': 23, Ort: 'Küche' };
    assert.deepEqual(parseReading(text), expected);
    assert.deepEqual(parseReading('\uFEFF' + text), expected);
    const framed = new TextEncoder().encode(`xx\uFEFF${text}yy`);
    assert.deepEqual(parseReading(framed.subarray(2, framed.length - 2)), expected);
  });

  it('says for each kind of bad input what is wrong and where', () => {
    const cases: [string | Uint8Array, string, RegExp][] = [
      ['{"a": NaN}', 'READING_NOT_A_NUMBER', /NaN at byte 6/],
      ['{"a": {"b": [1e999]}}', 'READING_NOT_A_NUMBER', /1e999 at byte 13 is beyond/],
      [`{"a": -${'9'.repeat(400)}}`, 'READING_NOT_A_NUMBER', / -9{19}… at byte 6 is beyond/],
      ['{"é": [-Infinity]}', 'READING_NOT_A_NUMBER', /-Infinity at byte 8/],
      ['{"a": 1,}', 'READING_NOT_JSON', /double quotes at byte 8/],
      ['{"a" 1}', 'READING_NOT_JSON', /expected ":" at byte 5/],
      ['{"a": 1} x', 'READING_NOT_JSON', /after the value at byte 9/],
      ['{"a": "b', 'READING_NOT_JSON', /ends inside a string at byte 8, found the end/],
      ['{"a": 01}', 'READING_NOT_JSON', /at byte 7/],
      ['', 'READING_NOT_JSON', /found the end of the text/],
      ['22.5  45.1', 'READING_NOT_JSON', /after the value at byte 6/],
      ['[1]', 'READING_NOT_AN_OBJECT', /one JSON object/],
      ['"x"', 'READING_NOT_AN_OBJECT', /one JSON object/],
      ['null', 'READING_NOT_AN_OBJECT', /one JSON object/],
      [Buffer.from([0x7b, 0xff, 0x7d]), 'READING_NOT_UTF8', /7bff7d/],
    ];
    for (const [text, code, message] of cases) {
      const shown = String(text);
      assert.equal(
        codeOf(() => parseReading(text)),
        code,
        shown,
      );
      assert.throws(() => parseReading(text), message, shown);
    }
  });
});
