import type { Reading } from '../reading/reading';
import { ReadingTemplate } from '../reading/reading-template';
import { TwinError } from '../reading/twin-error';
import { assertTopicName } from './mqtt-topic';

/** A topic to publish to, fixed or with values of the reading in it: `Sensor/{Source}/Values`. */
export class ReadingTopic {
  readonly #template: ReadingTemplate;

  /** @throws TwinError `MQTT_TOPIC`, `READING_TEMPLATE` when no reading could make a topic of it */
  constructor(template: string) {
    this.#template = new ReadingTemplate(template);
    assertTopicName(this.#template.outline);
  }

  /** Whether every reading goes to the same topic. */
  get fixed(): boolean {
    return this.#template.fixed;
  }

  /** @throws TwinError `MQTT_TOPIC_VALUE`, `READING_TEMPLATE_VALUE` for a value that can be no part of a topic level */
  of(reading: Reading): string {
    return this.#template.of(reading, assertLevel);
  }
}

function assertLevel(text: string, key: string): void {
  if (!/[/+#\0]/.test(text)) return;
  throw new TwinError(
    'MQTT_TOPIC_VALUE',
    `"${key}" of the reading is ${JSON.stringify(text.slice(0, 60))}, but it is part of the topic: it must be without / + #`,
    { facts: { key } },
  );
}
