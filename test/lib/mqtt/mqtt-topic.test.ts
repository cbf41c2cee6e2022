import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertTopicFilter, assertTopicName, matchesFilter } from '../../../lib/mqtt/mqtt-topic';

test('a topic name may be published under, unless it is empty, too long or holds a wildcard or null', () => {
  for (const good of ['Sensor/Values', '/', 'a//b', '$SYS/x', 'Füße/°C', ' ', 'x'.repeat(65_535)])
    assertTopicName(good);
  for (const bad of ['', 'a/+', '#', 'a#', 'a\0b', 'x'.repeat(65_536), 'ü'.repeat(32_768)]) {
    assert.throws(() => assertTopicName(bad), { code: 'MQTT_TOPIC', retryable: false });
  }
});

test('a filter takes wildcards only as levels of their own', () => {
  for (const good of ['#', '+', 'a/+/b', 'a/#', '+/+/#', '$share/g/a/+', 'Sensor/Values']) assertTopicFilter(good);
  for (const bad of ['', 'a+', 'a/b#', '#/a', 'a/#/b', 'a/+b', 'a\0']) {
    assert.throws(() => assertTopicFilter(bad), { code: 'MQTT_TOPIC' });
  }
});

// The examples of MQTT 5, sections 4.7.1 to 4.7.3 and 4.8.2.
for (const [filter, topic, expected] of [
  ['sport/tennis/player1/#', 'sport/tennis/player1', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/ranking', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
  ['sport/#', 'sport', true],
  ['#', 'sport/tennis', true],
  ['sport/tennis/+', 'sport/tennis/player1', true],
  ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
  ['sport/+', 'sport', false],
  ['sport/+', 'sport/', true],
  ['+/+', '/finance', true],
  ['/+', '/finance', true],
  ['+', '/finance', false],
  ['#', '$SYS/monitor', false],
  ['+/monitor/Clients', '$SYS/monitor/Clients', false],
  ['$SYS/#', '$SYS/monitor', true],
  ['Sensor/Values', 'Sensor/Values', true],
  ['Sensor/Values', 'sensor/values', false],
  ['Sensor', 'Sensor/Values', false],
  ['$share/bridges/Sensor/+', 'Sensor/Values', true],
  ['$share/bridges/Sensor/+', 'Other/Values', false],
] as const) {
  test(`${filter} ${expected ? 'takes' : 'leaves'} ${topic}`, () => {
    assert.equal(matchesFilter(filter, topic), expected);
  });
}
