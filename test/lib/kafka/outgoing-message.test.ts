import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ProduceRecord } from '../../../lib/kafka/kafka-record';
import { outgoingMessage } from '../../../lib/kafka/outgoing-message';

const refusal = (code: string, message: RegExp) => ({ name: 'TwinError', code, message, retryable: false });

describe('outgoingMessage', () => {
  const bad: [string, Record<string, unknown>, string, RegExp][] = [
    ['a number as value', { value: 5 }, 'KAFKA_RECORD_INVALID', /value must be text, a Buffer or null, got number/],
    ['no value', { value: undefined }, 'KAFKA_RECORD_INVALID', /value .* got undefined/],
    ['an object as key', { key: {} }, 'KAFKA_RECORD_INVALID', /key must be text/],
    ['a header that is no text', { headers: { a: 1 } }, 'KAFKA_RECORD_INVALID', /header "a" .* got number/],
    ['a header list with a hole', { headers: { a: ['x', null] } }, 'KAFKA_RECORD_INVALID', /header "a"/],
    ['a broken timestamp', { timestampMs: NaN }, 'KAFKA_RECORD_INVALID', /epoch milliseconds, got NaN/],
    ['a negative partition', { partition: -1 }, 'KAFKA_RECORD_INVALID', /partition .* got -1/],
    ['a topic with a space', { topic: 'a b' }, 'KAFKA_TOPIC_INVALID', /"a b" is no valid topic/],
    ['the topic ".."', { topic: '..' }, 'KAFKA_TOPIC_INVALID', /"\.\." is no valid topic/],
    ['a topic of 250 letters', { topic: 'x'.repeat(250) }, 'KAFKA_TOPIC_INVALID', /1 to 249/],
    [
      'more than a broker takes',
      { value: Buffer.alloc(100_000_001) },
      'KAFKA_RECORD_TOO_LARGE',
      /no broker takes more/,
    ],
  ];
  for (const headers of [null, 'a text', [Symbol('s')]]) {
    it(`refuses ${typeof headers} headers, and a topic that has no text`, () => {
      const record = { topic: 'topic', value: 'value', headers } as unknown as ProduceRecord;
      assert.throws(() => outgoingMessage(record, 1), { code: 'KAFKA_RECORD_INVALID' });
      assert.throws(() => outgoingMessage({ ...record, topic: headers as never }, 1), { code: 'KAFKA_TOPIC_INVALID' });
    });
  }

  for (const [what, change, code, message] of bad) {
    it(`refuses ${what}`, () => {
      const record = { topic: 'topic', value: 'value', ...change } as ProduceRecord;
      assert.throws(() => outgoingMessage(record, 1), refusal(code, message));
    });
  }

  it('gives every message a timestamp, and counts its bytes in UTF-8', () => {
    const message = outgoingMessage(
      { topic: 't', key: 'ä', value: 'öü', headers: { h: ['x', Buffer.from('yz')] } },
      1_700_000_000_000,
    );
    assert.equal(message.timestampMs, 1_700_000_000_000);
    assert.equal(message.bytes, 70 + 2 + 4 + (1 + 1 + 70) + (1 + 2 + 70));
    assert.equal('partition' in message, false);
  });

  it('takes a tombstone', () => {
    assert.equal(outgoingMessage({ topic: 't', key: 'k', value: null }, 1).value, null);
  });
});
