import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertTopic, kafkaTopicOf, mqttTopicOf } from '../../../lib/bridge/topic-template';

const hasCode = (code: string) => (error: unknown) => (error as { code?: unknown }).code === code;

describe('kafkaTopicOf', () => {
  it('gives a fixed name whatever the MQTT topic is', () => {
    assert.equal(kafkaTopicOf('RealTime_Data')({ topic: 'Sensor/Values' }), 'RealTime_Data');
  });

  it('builds a name from the whole MQTT topic or from its levels', () => {
    const source = { topic: 'hall/3/Sensor' };
    assert.equal(kafkaTopicOf('{topic}')(source), 'hall.3.Sensor');
    assert.equal(kafkaTopicOf('site-{1}_{3}')(source), 'site-hall_Sensor');
  });

  it('puts an underscore in the place of what Kafka does not allow', () => {
    assert.equal(kafkaTopicOf('{topic}')({ topic: 'Halle Süd/25°' }), 'Halle_S_d.25_');
  });

  it('refuses a message whose topic lacks the level, or yields no legal name', () => {
    for (const topic of ['hall', 'hall/', '']) {
      assert.throws(() => kafkaTopicOf('{2}')({ topic }), hasCode('BRIDGE_TOPIC'), topic);
    }
    assert.throws(() => kafkaTopicOf('{topic}')({ topic: 'x'.repeat(250) }), hasCode('BRIDGE_TOPIC'));
    assert.throws(() => kafkaTopicOf('{1}')({ topic: '..' }), hasCode('BRIDGE_TOPIC'));
  });

  it('refuses a template that can never work', () => {
    for (const template of ['', 'a b', '.', '{0}', '{key}', '{Topic}', 'Sensor/{1}', 'x'.repeat(250), '{1']) {
      assert.throws(() => kafkaTopicOf(template), hasCode('BRIDGE_TEMPLATE'), template);
    }
  });
});

describe('mqttTopicOf', () => {
  it('builds a topic from the Kafka topic, its parts or the key', () => {
    const source = { topic: 'hall.3.Sensor', key: 'board-1' };
    assert.equal(mqttTopicOf('Twin/Values')(source), 'Twin/Values');
    assert.equal(mqttTopicOf('{topic}')(source), 'hall/3/Sensor');
    assert.equal(mqttTopicOf('Twin/{2}/{key}')(source), 'Twin/3/board-1');
  });

  it('leads back to the MQTT topic that a Kafka topic was made from', () => {
    const topic = 'hall/3/Sensor';
    assert.equal(mqttTopicOf('{topic}')({ topic: kafkaTopicOf('{topic}')({ topic }) }), topic);
  });

  it('refuses a record without the key or the part, and a key with a wildcard', () => {
    assert.throws(() => mqttTopicOf('a/{key}')({ topic: 't' }), hasCode('BRIDGE_TOPIC'));
    assert.throws(() => mqttTopicOf('a/{2}')({ topic: 't' }), hasCode('BRIDGE_TOPIC'));
    for (const key of ['+', 'a/#', 'a\0']) {
      assert.throws(() => mqttTopicOf('a/{key}')({ topic: 't', key }), hasCode('BRIDGE_TOPIC'), key);
    }
  });

  it('refuses a template that can never work', () => {
    for (const template of ['', 'a/+', '#', 'a\0b', '{value}', 'x'.repeat(65_536)]) {
      assert.throws(() => mqttTopicOf(template), hasCode('BRIDGE_TEMPLATE'), template.slice(0, 20));
    }
  });
});

describe('assertTopic', () => {
  it('takes a legal topic of its side and refuses templates and others', () => {
    assertTopic('dead.letters', 'kafka');
    assertTopic('dead/{letters}', 'mqtt');
    for (const topic of ['', 'dead/letters', '{topic}']) {
      assert.throws(() => assertTopic(topic, 'kafka'), hasCode('BRIDGE_TEMPLATE'), topic);
    }
    assert.throws(() => assertTopic('dead/#', 'mqtt'), hasCode('BRIDGE_TEMPLATE'));
  });
});
