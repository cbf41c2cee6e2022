import { ReadingTopic } from '../reading/reading-topic';
import { assertTopicName } from './outgoing-message';

/**
 * A Kafka topic, fixed or with values of the reading in it: `line.{Source}`.
 * @throws TwinError `KAFKA_TOPIC_INVALID`, `READING_TEMPLATE`
 */
export const kafkaReadingTopic = (template: string): ReadingTopic =>
  new ReadingTopic(template, { topic: assertTopicName });
