import assert from 'node:assert/strict';
import { it } from 'node:test';
import { shown } from '../../../lib/reading/shown';

it('anything can be shown in an error, at bounded length', () => {
  const circle: unknown[] = [];
  circle.push(circle);
  for (const [value, expected] of [
    [{ a: 1 }, '{"a":1}'],
    [5n, '5'],
    [NaN, 'NaN'],
    [undefined, 'undefined'],
    [Symbol('s'), 'symbol'],
    [circle, 'an object'],
    [Object.assign(Object.create(null) as object, { a: 5n }), 'an object'],
    ['x'.repeat(200), `"${'x'.repeat(99)}`],
  ] as const) {
    assert.equal(shown(value), expected);
  }
});
