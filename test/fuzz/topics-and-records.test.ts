import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { userPropertiesOf } from '../../lib/bridge/header-mapping';
import { LoopGuard } from '../../lib/bridge/loop-guard';
import { kafkaTopicOf, mqttTopicOf } from '../../lib/bridge/topic-template';
import type { KafkaHeaders } from '../../lib/kafka/kafka-record';
import { outgoingMessage } from '../../lib/kafka/outgoing-message';
import { kafkaReadingTopic } from '../../lib/kafka/kafka-reading-topic';
import { assertTopicFilter, assertTopicName, matchesFilter } from '../../lib/mqtt/mqtt-topic';
import { mqttReadingTopic } from '../../lib/mqtt/mqtt-reading-topic';
import type { Reading } from '../../lib/reading/reading';
import { messageOf, payloadOf } from '../../nodes/kafka-twin-read/record-message';
import { randomReading } from '../lib/reading/random-reading';
import { attempt, fuzz } from './fuzz';
import { between, bytesOf, mutate, nastyText, pick } from './material';
import { randomValue } from './random-value';

const PIECES = [
  '{topic}',
  '{key}',
  '{1}',
  '{2}',
  '{9}',
  '{Source}',
  '{x1}',
  '{__proto__}',
  '{',
  '}',
  '{}',
  'a',
  '/',
  '.',
];
const KAFKA_TOPIC = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;
const template = (random: () => number): string =>
  Array.from({ length: between(random, 0, 5) }, () => pick(random, [...PIECES, '+', '#', nastyText(random, 2)])).join(
    '',
  );
const topicText = (random: () => number): string =>
  Array.from({ length: between(random, 0, 5) }, () =>
    pick(random, ['a', 'b', '/', '.', '+', '#', '$', nastyText(random, 2)]),
  ).join('');

/** Section 4.7 of MQTT 5, level by level. */
function matches([wanted, ...filter]: readonly string[], [level, ...topic]: readonly string[]): boolean {
  if (wanted === '#') return true;
  if (wanted === undefined || level === undefined) return wanted === level;
  return (
    (wanted === '+' || wanted === level) && (matches(filter, topic) || (topic.length === 0 && filter.join() === '#'))
  );
}

const headerValue = (random: () => number): Buffer | string | null | undefined =>
  pick(random, [
    nastyText(random),
    bytesOf(random, Buffer.from('ab\0'), 5),
    Buffer.from(nastyText(random)),
    null,
    undefined,
  ]);

function randomHeaders(random: () => number): KafkaHeaders {
  const entries = Array.from({ length: between(random, 0, 4) }, () => {
    const name = pick(random, ['__proto__', 'bridge-origin', 'constructor', nastyText(random)]);
    const many = Array.from({ length: between(random, 0, 3) }, () => headerValue(random) ?? '');
    return [name, random() < 0.3 ? many : headerValue(random)] as const;
  });
  return Object.fromEntries(entries);
}

describe('topics, headers and records', () => {
  fuzz('topic templates', 'give legal topics only, and refuse the rest as a TwinError', (random) => {
    const [text, source] = [template(random), { topic: topicText(random), key: nastyText(random) }];
    const toKafka = attempt(() => kafkaTopicOf(text)(source));
    if ('value' in toKafka) assert.match(toKafka.value, KAFKA_TOPIC);
    const toMqtt = attempt(() => mqttTopicOf(text)(source));
    if ('value' in toMqtt) assertTopicName(toMqtt.value);
    const reading: Reading = { ...randomReading(random), Source: randomValue(random, 4) };
    const made = attempt(() => mqttReadingTopic(text).of(reading));
    if ('value' in made) assertTopicName(made.value);
    const key = attempt(() => kafkaReadingTopic(text).of(reading));
    if ('value' in key) assert.match(key.value, KAFKA_TOPIC);
    const [filter, topic] = [topicText(random), topicText(random)];
    if ('refusal' in attempt(() => assertTopicFilter(filter)) || filter.startsWith('$share')) return;
    const hidden = topic.startsWith('$') && /^[+#]/.test(filter);
    assert.equal(
      matchesFilter(filter, topic),
      !hidden && matches(filter.split('/'), topic.split('/')),
      `${filter} ${topic}`,
    );
  });

  fuzz('headers', 'keep what the other side can carry, under its own name', (random) => {
    const headers = randomHeaders(random);
    const properties = userPropertiesOf(headers);
    for (const [name, values] of Object.entries(properties)) {
      assert.ok(Object.hasOwn(headers, name) && !name.includes('\0'));
      for (const value of values) assert.ok(!value.includes('\0'));
    }
    const trail = new LoopGuard('here').follow(headers);
    assert.ok(trail === undefined || trail.split(',').includes('here'));
  });

  fuzz('records of Kafka', 'become messages, or are refused as a TwinError that says where', (random) => {
    const json = Buffer.from(JSON.stringify(randomReading(random)));
    const value = pick(random, [json, mutate(random, json, Buffer.from('{}":,\\e9')), null, Buffer.alloc(0)]);
    const headers = randomHeaders(random);
    const key = pick(random, [null, Buffer.from(nastyText(random))]);
    const record = { topic: 't', partition: 1, offset: '7', key, value, headers, timestampMs: 1, receivedAtMs: 2 };
    const form = { format: pick(random, ['json', 'text', 'buffer'] as const), stamp: random() < 0.5 };
    const payload = attempt(() => payloadOf(record, form));
    if ('refusal' in payload) assert.match(payload.refusal.message, /record t\/1\/7/);
    const told = messageOf(record, null)['headers'] as Record<string, unknown>;
    const present = Object.entries(headers).filter(([, header]) => header !== null && header !== undefined);
    assert.deepEqual(
      Object.keys(told),
      present.map(([name]) => name),
    );
    assert.equal(Object.getPrototypeOf(told), Object.prototype);
    const written = {
      ...{ topic: pick(random, ['t', topicText(random), randomValue(random, 3)]), value: randomValue(random, 3) },
      ...{ key: randomValue(random, 3), headers: random() < 0.5 ? headers : randomValue(random, 2) },
      ...{ partition: pick(random, [undefined, 0, -1, 1.5, NaN]), timestampMs: pick(random, [undefined, 0, -1, NaN]) },
    };
    attempt(() => outgoingMessage(written as never, 1));
  });
});
