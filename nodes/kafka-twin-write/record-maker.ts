import type { ProduceRecord } from '../../lib/kafka/kafka-record';
import { kafkaReadingTopic } from '../../lib/kafka/kafka-reading-topic';
import { extended } from '../../lib/reading/extended';
import type { ReadingTopic } from '../../lib/reading/reading-topic';
import type { Reading } from '../../lib/reading/reading';
import { readingIn, readingPayload } from '../../lib/reading/reading-payload';
import { TwinError } from '../../lib/reading/twin-error';
import type { OptionsOf } from '../common/definition';
import type { FlowMessage } from '../common/message';
import type { definition } from './options';

/** Makes the records of messages, as a node's options say. */
export class RecordMaker {
  readonly #options: OptionsOf<typeof definition>;
  readonly #topic: ReadingTopic | undefined;
  readonly #headers: Readonly<Record<string, string>>;

  /** @throws TwinError `KAFKA_TOPIC_INVALID`, `READING_TEMPLATE` */
  constructor(options: OptionsOf<typeof definition>) {
    this.#options = options;
    this.#topic = options.topic === '' ? undefined : kafkaReadingTopic(options.topic);
    this.#headers = Object.fromEntries(options.headers.map(({ name, value }) => [name, value]));
  }

  /**
   * @param item a reading, or text or bytes that go as they are
   * @throws TwinError READING_…, KAFKA_TOPIC_INVALID, MESSAGE_PROPERTY
   */
  of(item: unknown, message: FlowMessage): ProduceRecord & { readonly value: Buffer | string } {
    const value = readingPayload(item, undefined);
    return {
      topic: this.#topicOf(item, message),
      key: this.#keyOf(item, message),
      value,
      headers: this.#options.messageHeaders ? extended(headersOf(message), this.#headers) : this.#headers,
    };
  }

  #topicOf(item: unknown, { topic }: FlowMessage): string {
    if (this.#topic) return this.#topic.of(this.#topic.fixed ? {} : readingIn(item));
    if (typeof topic === 'string' && topic !== '') return topic;
    throw new TwinError('MESSAGE_PROPERTY', 'the node names no topic, so msg.topic must: it is missing');
  }

  #keyOf(item: unknown, message: FlowMessage): string | Buffer | null {
    const { key, readingKey } = this.#options;
    const value = key === 'message' ? message['key'] : key === 'reading' ? valueIn(item, readingKey) : null;
    if (value === undefined || value === null) return null;
    if (typeof value === 'string' || Buffer.isBuffer(value)) return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw new TwinError('MESSAGE_PROPERTY', `the key of a record is text, a number or a Buffer, got ${typeof value}`);
  }
}

/** The value under a key of a reading; undefined when it has none, or is text or bytes that hold no reading. */
function valueIn(item: unknown, key: string): unknown {
  let reading: Reading;
  try {
    reading = readingIn(item);
  } catch {
    return undefined;
  }
  return Object.hasOwn(reading, key) ? reading[key] : undefined;
}

function headersOf({ headers }: FlowMessage): Record<string, string | string[]> {
  if (headers === undefined || headers === null) return {};
  if (typeof headers !== 'object' || Array.isArray(headers)) {
    throw new TwinError('MESSAGE_PROPERTY', 'msg.headers must be an object of texts');
  }
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)]),
  );
}
