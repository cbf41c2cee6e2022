import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPointInput, pointOf } from '../../../lib/influx/point-input';
import { TwinError } from '../../../lib/reading/twin-error';

describe('point given outright', () => {
  it('has numbers as floats, and other types as they are or as they are named', () => {
    const input = {
      measurement: 'm',
      tags: { room: 3, open: true, none: null },
      fields: { f: 1, i: { type: 'integer', value: 5 }, big: 7n, s: 'x', b: false, none: undefined },
      time: 1674000000000,
    };
    assert.deepEqual(pointOf(input), {
      measurement: 'm',
      tags: { room: '3', open: 'true' },
      fields: { f: 1, i: 5n, big: 7n, s: 'x', b: false },
      timeMs: 1674000000000,
    });
  });

  it('may do without tags and time, and take a Date or ISO 8601', () => {
    assert.deepEqual(pointOf({ measurement: 'm', fields: { f: 1 } }), { measurement: 'm', tags: {}, fields: { f: 1 } });
    const at = (time: unknown) => pointOf({ measurement: 'm', fields: { f: 1 }, time }).timeMs;
    assert.equal(at(new Date(5)), 5);
    assert.equal(at('2023-11-14T22:13:20Z'), 1_700_000_000_000);
  });

  it('is told from a reading', () => {
    assert.ok(isPointInput({ measurement: 'm', fields: {} }));
    assert.ok(!isPointInput({ measurement: 5, fields: {} }));
    assert.ok(!isPointInput({ 'Ambient Temperature': 20 }));
    assert.ok(!isPointInput([]));
  });

  const refused: [string, unknown, string, RegExp][] = [
    ['what is no object', 5, 'INFLUX_POINT_INVALID', /no object/],
    ['a missing measurement', { fields: { f: 1 } }, 'INFLUX_POINT_INVALID', /measurement/],
    ['missing fields', { measurement: 'm' }, 'INFLUX_POINT_INVALID', /fields/],
    ['tags that are no object', { measurement: 'm', tags: ['a'], fields: { f: 1 } }, 'INFLUX_POINT_INVALID', /tags/],
    ['a field without a type', { measurement: 'm', fields: { f: [1] } }, 'INFLUX_POINT_INVALID', /field "f"/],
    [
      'a field of an unknown type',
      { measurement: 'm', fields: { f: { type: 'decimal', value: 1 } } },
      'INFLUX_POINT_INVALID',
      /field "f"/,
    ],
    [
      'a field that is not of its type',
      { measurement: 'm', fields: { f: { type: 'integer', value: 1.5 } } },
      'INFLUX_FIELD_TYPE',
      /"f"/,
    ],
    [
      'a tag that is an object',
      { measurement: 'm', tags: { t: {} }, fields: { f: 1 } },
      'INFLUX_POINT_INVALID',
      /tag "t"/,
    ],
    ['a time that is none', { measurement: 'm', fields: { f: 1 }, time: 'soon' }, 'INFLUX_TIME_INVALID', /soon/],
  ];
  for (const [what, input, code, words] of refused) {
    it(`is refused with ${what}`, () => {
      assert.throws(
        () => pointOf(input),
        (error) => error instanceof TwinError && error.code === code && words.test(error.message),
      );
    });
  }
});
