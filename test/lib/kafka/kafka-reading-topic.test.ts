import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kafkaReadingTopic } from '../../../lib/kafka/kafka-reading-topic';

test('the topic is fixed, or made of a value of the reading', () => {
  assert.equal(kafkaReadingTopic('RealTime_Data').of({}), 'RealTime_Data');
  assert.equal(kafkaReadingTopic('line.{Source}').of({ Source: 'north-2' }), 'line.north-2');
});

test('a value that cannot be part of a topic is refused; so is a template that never can be one', () => {
  assert.throws(() => kafkaReadingTopic('line.{Source}').of({ Source: 'a/b' }), { code: 'KAFKA_TOPIC_INVALID' });
  for (const bad of ['', '..', 'a/b', 'ä', 'x'.repeat(250)]) {
    assert.throws(() => kafkaReadingTopic(bad), { code: 'KAFKA_TOPIC_INVALID' }, bad);
  }
});
