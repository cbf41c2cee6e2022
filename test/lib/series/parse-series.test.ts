import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TwinError } from '../../../lib/reading/twin-error';
import { parseSeries, type SeriesSource } from '../../../lib/series/parse-series';
import { seriesMessage } from '../../../lib/series/series';

function refusal(payload: unknown, source?: SeriesSource): TwinError {
  try {
    parseSeries(payload, source);
  } catch (error) {
    assert.ok(error instanceof TwinError);
    assert.equal(error.retryable, false);
    return error;
  }
  return assert.fail('was taken');
}

test('the message form keeps times, values, name and unit, with null as a gap, and comes back the same', () => {
  const message = { times: [1000, 2000], values: [20.5, null], name: 'Ambient', unit: '°C' };
  assert.deepEqual(seriesMessage(parseSeries(message)), message);
});

test('typed arrays are taken as well as plain ones', () => {
  const { times, values } = parseSeries({ times: Float64Array.of(1, 2), values: Float32Array.of(3, 4) });
  assert.deepEqual([...times, ...values], [1, 2, 3, 4]);
});

test('readings are read by value key and stamp key, and a reading without the key is a gap', () => {
  const readings = [
    { 'Ambient Temperature': 21.5, MQTT_Timestamp: 1000, Sent: 1 },
    { 'Wall1 Temperature': 3, MQTT_Timestamp: 2000, Sent: 2 },
    { 'Ambient Temperature': 22, MQTT_Timestamp: 3000, Sent: 3 },
  ];
  const series = parseSeries(readings, { key: 'Ambient Temperature' });
  assert.deepEqual(seriesMessage(series), {
    times: [1000, 2000, 3000],
    values: [21.5, null, 22],
    name: 'Ambient Temperature',
  });
  assert.deepEqual([...parseSeries(readings, { key: 'Ambient Temperature', stampKey: 'Sent' }).times], [1, 2, 3]);
});

test('rows are read under time or _time and value or _value, whatever key is set', () => {
  const rows = [
    { _time: '2024-01-01T00:00:00Z', _value: 1 },
    { time: 1704067201000, value: 2 },
    { time: new Date(1704067202000), value: null },
  ];
  assert.deepEqual(seriesMessage(parseSeries(rows)), {
    times: [1704067200000, 1704067201000, 1704067202000],
    values: [1, 2, null],
  });
  assert.deepEqual([...parseSeries([{ time: 1, value: 5 }], { key: 'Ambient Temperature' }).values], [5]);
});

test('plain numbers need a step, and start where they are told', () => {
  assert.deepEqual(seriesMessage(parseSeries([1, null, 3], { stepMs: 10, startMs: 100 })), {
    times: [100, 110, 120],
    values: [1, null, 3],
  });
  assert.equal(refusal([1, 2]).code, 'SERIES_INPUT');
  assert.equal(refusal([1, 2], { stepMs: 0 }).code, 'SERIES_INPUT');
});

const refused: [string, unknown, SeriesSource | undefined, string, RegExp][] = [
  ['a text', 'abc', undefined, 'SERIES_INPUT', /"abc"/],
  ['nothing', undefined, undefined, 'SERIES_INPUT', /undefined/],
  ['an object without times', { values: [1] }, undefined, 'SERIES_INPUT', /an object/],
  ['times that are no array', { times: 1, values: [1] }, undefined, 'SERIES_INPUT', /1/],
  ['different lengths', { times: [1, 2], values: [1] }, undefined, 'SERIES_LENGTHS', /2 times but 1 values/],
  ['no points', [], undefined, 'SERIES_EMPTY', /no points/],
  ['no points in the message form', { times: [], values: [] }, undefined, 'SERIES_EMPTY', /no points/],
  ['a time that is none', [{ time: 'noon', value: 1 }], undefined, 'SERIES_TIME', /point 0 is "noon"/],
  ['a reading without stamp', [{ T: 1 }], { key: 'T' }, 'SERIES_TIME', /undefined/],
  ['a value as text', [{ time: 1, value: '5' }], undefined, 'SERIES_VALUE', /"5"/],
  ['an infinite value', { times: [1, 2], values: [1, -Infinity] }, undefined, 'SERIES_INFINITE', /point 1/],
  ['nothing but gaps', { times: [1, 2], values: [null, NaN] }, undefined, 'SERIES_ALL_MISSING', /None of the 2 points/],
  ['readings without the key', [{ MQTT_Timestamp: 1 }], { key: 'T' }, 'SERIES_ALL_MISSING', /"T"/],
  ['a row that is a number among objects', [{ time: 1, value: 1 }, 7], undefined, 'SERIES_INPUT', /Element 1 is 7/],
  ['more points than allowed', [1, 2, 3], { stepMs: 1, maxPoints: 2 }, 'SERIES_TOO_LONG', /3 points/],
];
for (const [what, payload, source, code, message] of refused) {
  test(`${what}: refused with ${code} and what is wrong`, () => {
    const error = refusal(payload, source);
    assert.equal(error.code, code);
    assert.match(error.message, message);
  });
}
