import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mqttReadingTopic } from '../../../lib/mqtt/mqtt-reading-topic';

test('a fixed topic is the same for every reading', () => {
  const topic = mqttReadingTopic('Sensor/Values');
  assert.equal(topic.fixed, true);
  assert.equal(topic.of({}), 'Sensor/Values');
});

test('a placeholder stands for the value under exactly that key', () => {
  const topic = mqttReadingTopic('{Site}/{Wall1 Temperature}/{Source}');
  assert.equal(topic.fixed, false);
  assert.equal(topic.of({ Site: 'Füße', 'Wall1 Temperature': 21.5, Source: true }), 'Füße/21.5/true');
});

test('a reading that has no value fit for a topic is refused, with the key and the value', () => {
  const topic = mqttReadingTopic('a/{Source}');
  for (const [value, said] of [
    ['a/b', /is "a\/b"/],
    ['+', /is "\+"/],
    ['#', /is "#"/],
    ['a\0', /is "a/],
  ] as const) {
    assert.throws(
      () => topic.of({ Source: value }),
      (error: Error & { code?: string }) => error.code === 'MQTT_TOPIC_VALUE' && said.test(error.message),
      said.source,
    );
  }
});

test('a template that no reading could fill is refused at once', () => {
  for (const bad of ['', '+/{Source}', 'a/#', 'a/{Source', 'a/Source}', 'a/{}', '{a{b}}']) {
    assert.throws(() => mqttReadingTopic(bad), { code: /^(MQTT_TOPIC|READING_TEMPLATE)$/ }, bad);
  }
});
