import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { delayPoint, type DelayPointOptions } from '../../../lib/latency/delay-point';

const options: DelayPointOptions = {
  ...{ measurement: 'Timestamp', tags: { location: 'Germany' }, sourceTag: true, fieldType: 'float' },
};
const delays = [
  { label: 'a', delayMs: 3, negative: false },
  { label: 'b', delayMs: -1.5, negative: true },
];

describe('delayPoint', () => {
  it('has a field per hop and the time of publishing, so that a repeat is the same point', () => {
    const reading = { Source: 'board', MQTT_Timestamp: 1000 };
    const point = delayPoint(reading, delays, options, 1005);
    assert.deepEqual(point, {
      measurement: 'Timestamp',
      tags: { location: 'Germany', Source: 'board' },
      fields: { a: 3, b: -1.5 },
      time: 1000,
    });
    assert.deepEqual(delayPoint(reading, delays, options, 9999), point);
  });

  it('has whole milliseconds as integers for a database that holds integers', () => {
    const fractions = [1.5, -0.2, 2.4].map((delayMs, i) => ({ label: `hop ${i}`, delayMs }));
    assert.deepEqual(delayPoint({}, fractions, { ...options, fieldType: 'integer' }, 0).fields, {
      'hop 0': { type: 'integer', value: 2 },
      'hop 1': { type: 'integer', value: 0 },
      'hop 2': { type: 'integer', value: 2 },
    });
  });

  it('takes the arrival where the reading has no time of its own, and no Source where it has or should have none', () => {
    for (const MQTT_Timestamp of [undefined, 'soon', NaN]) {
      assert.equal(delayPoint({ MQTT_Timestamp }, delays, options, 1005).time, 1005);
    }
    assert.deepEqual(delayPoint({}, delays, options, 0).tags, { location: 'Germany' });
    assert.deepEqual(delayPoint({ Source: 'x' }, delays, { ...options, sourceTag: false }, 0).tags, options.tags);
  });
});
