import type { Reading } from '../reading/reading';
import { TwinError } from '../reading/twin-error';
import { assertTopicName } from './mqtt-topic';

/**
 * A topic with the values of a reading in it: `Sensor/{Source}/Values`. A placeholder stands for the value under
 * exactly that top-level key; nothing is evaluated.
 */
export class ReadingTopic {
  /** Literal text and keys in turn, beginning with text. */
  readonly #parts: readonly string[];

  /** @throws TwinError `MQTT_TOPIC` when no reading could make a topic of it */
  constructor(template: string) {
    this.#parts = template.split(/\{([^{}]+)\}/);
    assertTopicName(this.#parts.map((part, index) => (index % 2 === 0 ? part : 'x')).join(''));
    const stray = this.#parts.find((part, index) => index % 2 === 0 && /[{}]/.test(part));
    if (stray !== undefined) {
      throw new TwinError('MQTT_TOPIC', `the topic ${JSON.stringify(template)} has a brace without its partner`);
    }
  }

  /** Whether every reading goes to the same topic. */
  get fixed(): boolean {
    return this.#parts.length === 1;
  }

  /** @throws TwinError `MQTT_TOPIC_VALUE` when the reading has no value that can be part of a topic level */
  of(reading: Reading): string {
    return this.#parts.map((part, index) => (index % 2 === 0 ? part : level(reading, part))).join('');
  }
}

function level(reading: Reading, key: string): string {
  const value = Object.hasOwn(reading, key) ? reading[key] : undefined;
  const text =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
  if (text !== '' && !/[/+#\0]/.test(text)) return text;
  const got = value === undefined ? 'is missing' : `is ${(JSON.stringify(value) ?? typeof value).slice(0, 60)}`;
  throw new TwinError(
    'MQTT_TOPIC_VALUE',
    `"${key}" of the reading ${got}, but it is part of the topic: it must be a text or number without / + #`,
    { facts: { key } },
  );
}
