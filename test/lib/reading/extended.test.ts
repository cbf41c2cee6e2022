import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { extended } from '../../../lib/reading/extended';
import { outlivedBytes } from '../../support/outlived';

describe('A copy with more members', () => {
  it('is what a spread makes', () => {
    const source = { a: 1, b: { c: 2 }, d: undefined };
    const copy = extended(source, { b: 3, e: 4 });
    assert.deepEqual(Object.entries(copy), Object.entries({ ...source, b: 3, e: 4 }));
    assert.deepEqual(source, { a: 1, b: { c: 2 }, d: undefined });
  });

  it('keeps a member that is named like the prototype', () => {
    const hostile = JSON.parse('{ "__proto__": { "admin": true }, "a": 1 }') as object;
    for (const copy of [extended(hostile, { b: 2 }), extended({ b: 2 }, hostile)]) {
      assert.equal(Object.getPrototypeOf(copy), Object.prototype);
      assert.deepEqual(Object.keys(copy).sort(), ['__proto__', 'a', 'b']);
    }
  });

  it('dies young', () => {
    const record = { topic: 't', partition: 0, value: Buffer.alloc(10) };
    let last: object | undefined;
    const bytes = outlivedBytes((index) => {
      last = extended(record, { index, more: new Array<number>(100).fill(index) });
    });
    assert.ok(last !== undefined && bytes < 1e6, `${bytes} bytes`);
  });
});
