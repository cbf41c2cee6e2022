import { ReadingTopic } from '../reading/reading-topic';
import { TwinError } from '../reading/twin-error';
import { assertTopicName } from './mqtt-topic';

/**
 * An MQTT topic, fixed or with values of the reading as its levels: `Sensor/{Source}/Values`. A value that is no part
 * of a level is refused with `MQTT_TOPIC_VALUE`.
 * @throws TwinError `MQTT_TOPIC`, `READING_TEMPLATE`
 */
export const mqttReadingTopic = (template: string): ReadingTopic =>
  new ReadingTopic(template, { topic: assertTopicName, value: assertLevel });

function assertLevel(text: string, key: string): void {
  if (!/[/+#\0]/.test(text)) return;
  throw new TwinError(
    'MQTT_TOPIC_VALUE',
    `"${key}" of the reading is ${JSON.stringify(text.slice(0, 60))}, but it is part of the topic: it must be without / + #`,
    { facts: { key } },
  );
}
