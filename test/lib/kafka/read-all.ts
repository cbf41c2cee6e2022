import type { TestContext } from 'node:test';
import { KafkaConsumer, type KafkaConsumerOptions } from '../../../lib/kafka/kafka-consumer';
import type { KafkaRecord } from '../../../lib/kafka/kafka-record';
import { freshName } from '../../support/fresh-topic';
import { kafkaBrokers } from '../../support/servers';
import { until } from '../../support/until';

/** Reads a topic from its beginning, at least `count` records and then all that is left, by a group of its own. */
export async function readAll(
  t: TestContext,
  topic: string,
  count: number,
  brokers: readonly string[] = kafkaBrokers(),
  options: Partial<KafkaConsumerOptions> = {},
): Promise<KafkaRecord[]> {
  const consumer = new KafkaConsumer({
    connection: { brokers },
    topics: [topic],
    groupId: freshName('read-all'),
    from: 'earliest',
    deleteGroupOnClose: true,
    ...options,
  });
  t.after(() => consumer.close(0));
  const records: KafkaRecord[] = [];
  let lag: number | undefined;
  consumer.on('lag', (now) => (lag = now));
  consumer.on('delivery', ({ records: some, settle }) => {
    records.push(...some);
    settle();
  });
  consumer.start();
  await until(() => records.length >= count && lag === 0, 30_000, `${count} records of ${topic}`);
  await consumer.close();
  return records;
}
