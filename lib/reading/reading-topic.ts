import type { Reading } from './reading';
import { ReadingTemplate } from './reading-template';

/** What a system allows in its topics; each throws for what it does not. */
export interface TopicRules {
  readonly topic: (topic: string) => void;
  /** A value of a reading, by its key, before it becomes a part of a topic. */
  readonly value?: (text: string, key: string) => void;
}

/** A topic to write to, fixed or with values of the reading in it: `Sensor/{Source}/Values`. */
export class ReadingTopic {
  readonly #template: ReadingTemplate;
  readonly #rules: TopicRules;

  /** @throws TwinError `READING_TEMPLATE`, or that of the rules when no reading could make a topic of it */
  constructor(template: string, rules: TopicRules) {
    this.#template = new ReadingTemplate(template);
    this.#rules = rules;
    rules.topic(this.#template.outline);
  }

  /** Whether every reading goes to the same topic. */
  get fixed(): boolean {
    return this.#template.fixed;
  }

  /** @throws TwinError `READING_TEMPLATE_VALUE`, or that of the rules for a value that can be no part of a topic */
  of(reading: Reading): string {
    if (this.fixed) return this.#template.outline;
    const topic = this.#template.of(reading, this.#rules.value);
    this.#rules.topic(topic);
    return topic;
  }
}
