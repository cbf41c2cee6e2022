import assert from 'node:assert/strict';
import { it } from 'node:test';
import { messageOf } from '../../nodes/kafka-twin-read/record-message';

it('a header of a record named __proto__ is a header like any other', () => {
  const headers = Object.fromEntries([['__proto__', ['x', Buffer.from('y')]]]);
  const record = { topic: 't', partition: 0, offset: '1', key: null, value: null, timestampMs: 1, receivedAtMs: 2 };
  const told = messageOf({ ...record, headers }, null)['headers'] as object;
  assert.deepEqual(Object.entries(told), [['__proto__', ['x', 'y']]]);
  assert.equal(Object.getPrototypeOf(told), Object.prototype);
});
