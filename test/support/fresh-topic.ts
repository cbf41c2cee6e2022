import { randomBytes } from 'node:crypto';
import { KafkaAdmin } from '../../lib/kafka/kafka-admin';

/** A name that no other test has. */
export const freshName = (prefix = 'test'): string => `${prefix}-${randomBytes(6).toString('hex')}`;

/** Creates a topic with a name of its own. It goes with the data of the test run. */
export async function freshTopic(
  brokers: readonly string[],
  partitions = 1,
  settings: Readonly<Record<string, string>> = {},
): Promise<string> {
  const topic = freshName();
  const admin = new KafkaAdmin({ brokers });
  try {
    await admin.createTopic({ topic, partitions, settings });
    return topic;
  } finally {
    await admin.close();
  }
}
