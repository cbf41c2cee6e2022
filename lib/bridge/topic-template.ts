import { TwinError } from '../reading/twin-error';

/** What a template may draw on: the topic that a message came by and, from Kafka, its key. */
export interface TopicSource {
  readonly topic: string;
  readonly key?: string;
}

/** How topics are built from levels on one side. */
interface TopicRules {
  /** Separator of levels in topics of the other side. */
  readonly split: string;
  /** Separator of levels in topics of this side. */
  readonly join: string;
  readonly placeholders: RegExp;
  readonly placeholderHelp: string;
  clean(text: string): string;
  /** What is wrong with a topic, if anything. */
  complaint(topic: string): string | undefined;
}

const kafkaRules: TopicRules = {
  split: '/',
  join: '.',
  placeholders: /^(topic|[1-9])$/,
  placeholderHelp: '{topic} or a level {1} to {9}',
  clean: (text) => text.replaceAll(/[^A-Za-z0-9._-]/g, '_'),
  complaint: (topic) =>
    /^[A-Za-z0-9._-]{1,249}$/.test(topic) && topic !== '.' && topic !== '..'
      ? undefined
      : 'a Kafka topic is 1 to 249 letters, digits, dots, underscores or hyphens',
};

const MAX_MQTT_TOPIC_BYTES = 65_535;
const mqttRules: TopicRules = {
  split: '.',
  join: '/',
  placeholders: /^(topic|key|[1-9])$/,
  placeholderHelp: '{topic}, {key} or a level {1} to {9}',
  clean: (text) => text,
  complaint: (topic) =>
    topic !== '' && Buffer.byteLength(topic) <= MAX_MQTT_TOPIC_BYTES && !/[+#\0]/.test(topic)
      ? undefined
      : 'an MQTT topic to publish to is not empty, at most 65,535 bytes long and has no +, # or NUL',
};

/** From a source to the topic of its message. Throws TwinError BRIDGE_TOPIC for a source that yields no legal topic. */
export type TopicOf = (source: TopicSource) => string;

/**
 * Kafka topic from a fixed name or a template over the MQTT topic: `{topic}` is the whole of it with dots for slashes,
 * `{1}` to `{9}` its levels. Characters that Kafka does not allow become `_`.
 *
 * @example kafkaTopicOf('site.{1}')({ topic: 'Sensor/Values' }) // 'site.Sensor'
 * @throws TwinError BRIDGE_TEMPLATE for an unknown placeholder or a name that can never be legal
 */
export const kafkaTopicOf = (template: string): TopicOf => compile(template, kafkaRules);

/**
 * MQTT topic from a fixed name or a template over the Kafka topic: `{topic}` is the whole of it with slashes for dots,
 * `{1}` to `{9}` what stands between its dots, `{key}` the record's key.
 *
 * @throws TwinError BRIDGE_TEMPLATE for an unknown placeholder or a name that can never be legal
 */
export const mqttTopicOf = (template: string): TopicOf => compile(template, mqttRules);

/** @throws TwinError BRIDGE_TEMPLATE unless the name is a legal topic of that side, without placeholders */
export function assertTopic(topic: string, side: 'mqtt' | 'kafka'): void {
  const complaint = (side === 'mqtt' ? mqttRules : kafkaRules).complaint(topic);
  if (complaint) throw templateError(topic, complaint);
}

function compile(template: string, rules: TopicRules): TopicOf {
  const parts = template.split(/\{([^{}]*)\}/);
  for (let i = 1; i < parts.length; i += 2) {
    if (rules.placeholders.test(parts[i] as string)) continue;
    throw templateError(template, `{${parts[i]}} is no placeholder, use ${rules.placeholderHelp}`);
  }
  const complaint = rules.complaint(parts.map((part, i) => (i % 2 === 0 ? part : 'x')).join(''));
  if (complaint) throw templateError(template, complaint);
  if (parts.length === 1) return () => template;
  return (source) => {
    const topic = parts.map((part, i) => (i % 2 === 0 ? part : rules.clean(fill(part, source, rules)))).join('');
    const complaint = rules.complaint(topic);
    if (complaint) throw topicError(source, `it becomes "${topic}", but ${complaint}`);
    return topic;
  };
}

function fill(placeholder: string, source: TopicSource, { split, join }: TopicRules): string {
  if (placeholder === 'topic') return source.topic.replaceAll(split, join);
  const value = placeholder === 'key' ? source.key : source.topic.split(split)[Number(placeholder) - 1];
  if (value === undefined || value === '') throw topicError(source, `it has nothing for {${placeholder}}`);
  return value;
}

const templateError = (template: string, reason: string): TwinError =>
  new TwinError('BRIDGE_TEMPLATE', `the topic "${template}" cannot be used: ${reason}`);

const topicError = ({ topic }: TopicSource, reason: string): TwinError =>
  new TwinError('BRIDGE_TOPIC', `the message from "${topic}" has no topic to go to: ${reason}`, { facts: { topic } });
