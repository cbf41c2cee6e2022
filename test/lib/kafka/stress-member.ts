import { KafkaConsumer } from '../../../lib/kafka/kafka-consumer';
import { seededRandom } from '../../support/seeded-random';

/** What a member is told by its parent, as JSON in its only argument. */
export interface StressOrder {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly groupId: string;
  readonly window: number;
  readonly seed: number;
  readonly longestSettleMs: number;
}

/*
 * A process of its own, to be killed at any moment. Its lines, each with the epoch milliseconds at which it was written:
 *
 *   d PARTITION OFFSET MS    delivered
 *   s PARTITION OFFSET MS    settled; written before the consumer knows of it, so that nothing is committed unseen
 *   w TEXT                   a warning of the consumer
 *   j                        joined
 */
if (require.main === module) {
  const order = JSON.parse(process.argv[2] ?? '') as StressOrder;
  const { brokers, topic, groupId, window, seed, longestSettleMs } = order;
  const random = seededRandom(seed);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const consumer = new KafkaConsumer({
    ...{ connection: { brokers }, topics: [topic], groupId, from: 'earliest', window },
    // The shortest that a broker allows unless it is told otherwise.
    sessionTimeoutMs: 6_000,
  });
  consumer.on('state', ({ state }) => state === 'connected' && say('j'));
  consumer.on('warning', ({ code, message }) => say(`w ${code} ${message}`));
  consumer.on('delivery', ({ records, settle }) => {
    const told = records.map(({ partition, offset }) => `${partition} ${offset}`);
    for (const each of told) say(`d ${each} ${Date.now()}`);
    setTimeout(() => {
      for (const each of told) say(`s ${each} ${Date.now()}`);
      settle();
    }, random() * longestSettleMs);
  });
  consumer.start();
  process.on('SIGTERM', () => void consumer.close(longestSettleMs).then(() => process.exit(0)));
}
