import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  DEFAULT_MAPPING_ROWS,
  fieldValue,
  pointsOfReading,
  type PointMapping,
} from '../../../lib/influx/point-mapping';
import type { Reading } from '../../../lib/reading/reading';
import { TwinError } from '../../../lib/reading/twin-error';

const NOW_MS = 42;
const TABLE: PointMapping = { fields: DEFAULT_MAPPING_ROWS, tags: { location: 'Germany' } };
const READING: Reading = {
  'Ambient Temperature': 23,
  'Ambient Humidity': 45.1,
  'Wall1 Temperature': 22.5,
  MQTT_Timestamp: 1674000000000,
  Bridge_Timestamp: 1674000000002,
  Source: 'board 1',
  Sequence: 7,
};

const failsWith =
  (code: string, words = /./) =>
  (error: unknown) =>
    error instanceof TwinError && error.code === code && words.test(error.message) && !error.retryable;

describe('points of a reading by a table', () => {
  it('are the two measurements of the platform by default, at the time of the reading, tagged by its source', () => {
    const common = { tags: { location: 'Germany', Source: 'board 1' }, timeMs: 1674000000000, nanoseconds: 7 };
    assert.deepEqual(plain(pointsOfReading(READING, TABLE, NOW_MS)), [
      { measurement: 'Temperature', fields: { 'Ambient Temperature': 23 }, ...common },
      { measurement: 'Humidity', fields: { 'Ambient Humidity': 45.1 }, ...common },
    ]);
  });

  it('join the rows of one measurement', () => {
    const row = (key: string) => ({ key, measurement: 'climate', field: key.toLowerCase(), type: 'float' as const });
    const fields = [row('Ambient Temperature'), row('Wall1 Temperature')];
    assert.deepEqual(plain(pointsOfReading(READING, { fields, tagKeys: {} }, NOW_MS)), [
      {
        measurement: 'climate',
        tags: {},
        fields: { 'ambient temperature': 23, 'wall1 temperature': 22.5 },
        timeMs: 1674000000000,
        nanoseconds: 7,
      },
    ]);
  });

  it('leave out what the reading does not have', () => {
    const points = pointsOfReading({ 'Ambient Temperature': 20, 'Ambient Humidity': null }, TABLE, NOW_MS);
    assert.deepEqual(
      points.map(({ measurement }) => measurement),
      ['Temperature'],
    );
  });

  it('have the present moment when the reading has no stamp, and the stamp that is asked for', () => {
    const [unstamped] = pointsOfReading({ 'Ambient Temperature': 20 }, TABLE, NOW_MS);
    assert.equal(unstamped?.timeMs, NOW_MS);
    const timeKeys = ['Measured', 'Bridge_Timestamp', 'MQTT_Timestamp'];
    assert.equal(pointsOfReading(READING, { ...TABLE, timeKeys }, NOW_MS)[0]?.timeMs, 1674000000002);
  });

  it('take further keys as tags, numbers as text', () => {
    const [point] = pointsOfReading(
      READING,
      { ...TABLE, tagKeys: { board: 'Source', number: 'Sequence', none: 'Missing' } },
      NOW_MS,
    );
    assert.deepEqual({ ...point?.tags }, { location: 'Germany', board: 'board 1', number: '7' });
  });

  it('take keys that mean something else to JavaScript for what they are', () => {
    const reading = JSON.parse('{"__proto__": 1.5, "constructor": 2.5}') as Reading;
    const fields = ['__proto__', 'constructor'].map((key) => ({
      key,
      measurement: 'm',
      field: key,
      type: 'float' as const,
    }));
    const [point] = pointsOfReading(reading, { fields }, NOW_MS);
    assert.deepEqual(Object.entries(point?.fields ?? {}), [
      ['__proto__', 1.5],
      ['constructor', 2.5],
    ]);
  });

  const refused: [string, Reading, PointMapping, string, RegExp][] = [
    [
      'a reading with none of the keys',
      { Pressure: 1 },
      TABLE,
      'INFLUX_NOTHING_TO_WRITE',
      /Ambient Temperature.*it has Pressure/,
    ],
    [
      'a text where a number belongs',
      { 'Ambient Temperature': '23.0' },
      TABLE,
      'INFLUX_FIELD_TYPE',
      /"Ambient Temperature" is a string/,
    ],
    [
      'a boolean where a number belongs',
      { 'Ambient Humidity': true },
      TABLE,
      'INFLUX_FIELD_TYPE',
      /"Ambient Humidity" is a boolean/,
    ],
    ['an array where a number belongs', { 'Ambient Humidity': [1] }, TABLE, 'INFLUX_FIELD_TYPE', /an array/],
    [
      'a stamp that is no number',
      { ...READING, MQTT_Timestamp: 'now' },
      TABLE,
      'INFLUX_TIME_INVALID',
      /"MQTT_Timestamp".*"now"/,
    ],
    ['a stamp that is not finite', { ...READING, MQTT_Timestamp: NaN }, TABLE, 'INFLUX_TIME_INVALID', /MQTT_Timestamp/],
  ];
  for (const [what, reading, mapping, code, words] of refused) {
    it(`refuse ${what}`, () => {
      assert.throws(() => pointsOfReading(reading, mapping, NOW_MS), failsWith(code, words));
    });
  }
});

describe('points of a reading by all its measured values', () => {
  const all: PointMapping = { fields: { allInto: 'Timestamp' }, tags: { location: 'Germany' } };

  it('are one point with every number that is no stamp and no counter', () => {
    const reading = { ...READING, 'MQTT Bridge Time Diff': 2, note: 'x', flag: true };
    assert.deepEqual(plain(pointsOfReading(reading, all, NOW_MS)), [
      {
        measurement: 'Timestamp',
        tags: { location: 'Germany', Source: 'board 1' },
        fields: {
          'Ambient Temperature': 23,
          'Ambient Humidity': 45.1,
          'Wall1 Temperature': 22.5,
          'MQTT Bridge Time Diff': 2,
        },
        timeMs: 1674000000000,
        nanoseconds: 7,
      },
    ]);
  });

  it('leave out the keys that serve as time or tag', () => {
    const mapping = { ...all, timeKeys: ['at'], tagKeys: { room: 'room' } };
    const [point] = pointsOfReading({ at: 5, room: 3, value: 1 }, mapping, NOW_MS);
    assert.deepEqual(plain([point]), [
      { measurement: 'Timestamp', tags: { location: 'Germany', room: '3' }, fields: { value: 1 }, timeMs: 5 },
    ]);
  });

  it('refuse a reading without any', () => {
    assert.throws(
      () => pointsOfReading({ MQTT_Timestamp: 1, note: 'x' }, all, NOW_MS),
      failsWith('INFLUX_NOTHING_TO_WRITE', /no measured value/),
    );
  });
});

describe('value of a field', () => {
  it('is a number for a float, a bigint for an integer', () => {
    assert.equal(fieldValue(23, 'float', 'k'), 23);
    assert.equal(fieldValue(23, 'integer', 'k'), 23n);
    assert.equal(fieldValue(9007199254740993n, 'integer', 'k'), 9007199254740993n);
    assert.equal(fieldValue(5, 'string', 'k'), '5');
    assert.equal(fieldValue(false, 'boolean', 'k'), false);
  });

  for (const [value, type] of [
    [1.5, 'integer'],
    [2 ** 60, 'integer'],
    ['1', 'integer'],
    [1, 'boolean'],
    ['true', 'boolean'],
    [{}, 'string'],
    [null, 'float'],
  ] as const) {
    it(`is refused: ${String(JSON.stringify(value))} as ${type}`, () => {
      assert.throws(() => fieldValue(value, type, 'k'), failsWith('INFLUX_FIELD_TYPE', /"k"/));
    });
  }
});

/** Points as JSON carries them, since records without a prototype are equal only to their like. */
function plain(points: unknown): unknown {
  return JSON.parse(JSON.stringify(points));
}
