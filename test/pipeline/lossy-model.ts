import type { TestContext } from 'node:test';
import { KafkaConsumer } from '../../lib/kafka/kafka-consumer';
import { KafkaProducer } from '../../lib/kafka/kafka-producer';
import { freshName } from '../support/fresh-topic';
import { seededRandom } from '../support/seeded-random';

export interface LossyModelOptions {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly replies: string;
  /** Sequence numbers that get no reply, or two. */
  readonly lost: readonly number[];
  readonly doubled: readonly number[];
}

/**
 * A model that answers each record with one of its own after 5 to 45 ms, not in order; of the reading only the stamp
 * passes.
 */
export async function startModel(t: TestContext, options: LossyModelOptions): Promise<void> {
  const { brokers, topic, replies, lost, doubled } = options;
  const connection = { brokers: [...brokers] };
  const random = seededRandom(9);
  const producer = new KafkaProducer({ connection });
  const consumer = new KafkaConsumer({ connection, topics: [topic], groupId: freshName('model'), from: 'earliest' });
  const joined = new Promise<void>((resolve) =>
    consumer.on('state', ({ state }) => state === 'connected' && resolve()),
  );
  consumer.on('delivery', ({ records, settle }) => {
    for (const { value } of records) {
      const { Sequence, MQTT_Timestamp } = JSON.parse(String(value)) as { Sequence: number; MQTT_Timestamp: number };
      const copies = lost.includes(Sequence) ? 0 : doubled.includes(Sequence) ? 2 : 1;
      const reply = JSON.stringify({ 'Green Life': 30.5, MQTT_Timestamp });
      for (let i = 0; i < copies; i++) {
        setTimeout(() => void producer.send({ topic: replies, value: reply }).catch(() => {}), 5 + 40 * random());
      }
    }
    settle();
  });
  t.after(async () => {
    await consumer.close();
    await producer.close();
  });
  producer.start();
  consumer.start();
  await joined;
}
