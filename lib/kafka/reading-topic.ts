import type { Reading } from '../reading/reading';
import { ReadingTemplate } from '../reading/reading-template';
import { assertTopicName } from './outgoing-message';

/** A topic to write to, fixed or with values of the reading in it: `line.{Source}`. */
export class ReadingTopic {
  readonly #template: ReadingTemplate;

  /** @throws TwinError `KAFKA_TOPIC_INVALID`, `READING_TEMPLATE` when no reading could make a topic of it */
  constructor(template: string) {
    this.#template = new ReadingTemplate(template);
    assertTopicName(this.#template.outline);
  }

  /** Whether every reading goes to the same topic. */
  get fixed(): boolean {
    return this.#template.fixed;
  }

  /** @throws TwinError `KAFKA_TOPIC_INVALID`, `READING_TEMPLATE_VALUE` for a value that can be no part of a topic */
  of(reading: Reading): string {
    const topic = this.#template.of(reading);
    assertTopicName(topic);
    return topic;
  }
}
