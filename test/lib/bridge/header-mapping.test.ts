import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { userPropertiesOf } from '../../../lib/bridge/header-mapping';

describe('userPropertiesOf', () => {
  it('keeps text, repeated values and the names', () => {
    const headers = { unit: Buffer.from('°C'), site: 'hall', tag: [Buffer.from('a'), 'b'], __proto__x: 'kept' };
    assert.deepEqual(userPropertiesOf(headers), {
      unit: ['°C'],
      site: ['hall'],
      tag: ['a', 'b'],
      __proto__x: ['kept'],
    });
  });

  it('leaves out values that MQTT cannot carry, and only these', () => {
    const headers = {
      none: null,
      absent: undefined,
      bytes: Buffer.from([0xff, 0xfe]),
      nul: 'a\0',
      mixed: ['ok', Buffer.from([0xc3])],
    };
    assert.deepEqual(userPropertiesOf(headers), { mixed: ['ok'] });
  });

  it('makes an own member of a header named __proto__', () => {
    const headers = Object.fromEntries([['__proto__', 'x']]);
    assert.deepEqual(Object.entries(userPropertiesOf(headers)), [['__proto__', ['x']]]);
  });
});
