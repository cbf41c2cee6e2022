import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readingIn, readingPayload } from '../../../lib/reading/reading-payload';

const STAMP = 1674000000000;
const sent = (item: unknown, stampMs?: number) => Buffer.from(readingPayload(item, stampMs)).toString();

test('a reading becomes the JSON of the wire: decimal points, order of keys, the stamp last', () => {
  const reading = { 'Ambient Temperature': 23, 'Ambient Humidity': 45.1, Source: 'north', Sequence: 7 };
  assert.equal(
    sent(reading, STAMP),
    '{"Ambient Temperature": 23.0, "Ambient Humidity": 45.1, "Source": "north", "Sequence": 7, "MQTT_Timestamp": 1674000000000}',
  );
  assert.equal(sent({ a: 1 }), '{"a": 1.0}');
  assert.deepEqual(Object.keys(reading), ['Ambient Temperature', 'Ambient Humidity', 'Source', 'Sequence']);
});

test('a stamp that is there already is replaced', () => {
  assert.equal(sent({ MQTT_Timestamp: 1, a: 2 }, STAMP), '{"MQTT_Timestamp": 1674000000000, "a": 2.0}');
  assert.equal(sent('{"MQTT_Timestamp":1,"a":2}', STAMP), '{"MQTT_Timestamp":1674000000000,"a":2}');
});

test('text and bytes of a JSON object get the stamp and stay byte for byte otherwise', () => {
  for (const make of [String, (text: string) => Buffer.from(text), (text: string) => new TextEncoder().encode(text)]) {
    assert.equal(sent(make(' {"x" : 1,"T": 23.00}'), STAMP), ' {"x" : 1,"T": 23.00, "MQTT_Timestamp": 1674000000000}');
    assert.equal(sent(make('\uFEFF{}'), STAMP), '\uFEFF{"MQTT_Timestamp": 1674000000000}');
  }
});

test('other text and bytes go out as they are, and so does everything without a stamp', () => {
  for (const text of ['22.5  45.1\r\n', '[1, 2]', '"{"', '']) assert.equal(sent(text, STAMP), text);
  const bytes = Buffer.from([0, 255, 0x7b, 10]);
  assert.deepEqual(Buffer.from(readingPayload(bytes, STAMP)), bytes);
  const broken = '{"a": NaN';
  assert.equal(sent(broken), broken);
  assert.deepEqual(readingPayload(Buffer.from(broken), undefined), Buffer.from(broken));
  const part = new Uint8Array(Buffer.from('xx22.5xx').buffer, Buffer.from('').byteOffset);
  assert.equal(Buffer.from(readingPayload(part.subarray(0, 4), undefined)).length, 4);
});

test('what is no reading is refused alone', () => {
  for (const [item, code] of [
    [undefined, 'READING_NOT_AN_OBJECT'],
    [null, 'READING_NOT_AN_OBJECT'],
    [22.5, 'READING_NOT_AN_OBJECT'],
    [[{ a: 1 }], 'READING_NOT_AN_OBJECT'],
    [{ a: NaN }, 'READING_NOT_A_NUMBER'],
    ['{"a": NaN}', 'READING_NOT_A_NUMBER'],
    ['{"a": 1', 'READING_NOT_JSON'],
    [Buffer.from('{"a": 1}}'), 'READING_NOT_JSON'],
  ] as const) {
    assert.throws(() => readingPayload(item, STAMP), { code, retryable: false });
  }
});

test('the keys of a reading are found in text and bytes as well', () => {
  for (const item of [{ Source: 'n' }, '{"Source": "n"}', Buffer.from('{"Source": "n"}')]) {
    assert.deepEqual(readingIn(item), { Source: 'n' });
  }
  assert.throws(() => readingIn('22.5 45.1'), { code: 'READING_NOT_JSON' });
});
