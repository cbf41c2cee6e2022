import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeEnvelope, encodeEnvelope } from '../../../lib/delivery/spool-envelope';

test('head and bytes come back as they went in', () => {
  const head = { topic: 'Füße', retain: true, headers: { a: ['1', '2'] } };
  for (const body of [Buffer.alloc(0), Buffer.from([0, 255, 10]), Buffer.from('{"a": 23.0}')]) {
    assert.deepEqual(decodeEnvelope(encodeEnvelope({ head, body })), { head, body });
  }
});

test('bytes of another form are refused', () => {
  const good = encodeEnvelope({ head: { topic: 'a' }, body: 'x' });
  for (const bad of [Buffer.alloc(0), Buffer.from('{"a": 1}'), good.subarray(0, 8)]) {
    assert.throws(() => decodeEnvelope(bad), { code: 'DELIVERY_SPOOL_ENVELOPE' });
  }
});
