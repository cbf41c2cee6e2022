/**
 * The chain as a plain script: mqtt.js and kafkajs at the best that they can do (no delay on any socket, `eachBatch`,
 * idle timers cured; a message goes at once, or with what came while the last send was under way), QoS 1, nothing kept that the clients do not keep by themselves.
 * Started by the benchmark as a child; says `ready` when all of it is connected.
 */
import { createWriteStream } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { type Batch, type Consumer, Kafka, logLevel, Partitioners } from 'kafkajs';
import { connectAsync } from 'mqtt';
import { EpochClock } from '../../lib/latency/epoch-clock';
import { applyKafkajsCures } from '../../lib/kafka/kafkajs-cures';
import { brokers, mqttUrl } from './chain';

const clock = new EpochClock();
const [mqttIn = '', topic = '', mqttBack = '', arrivals = ''] = process.argv.slice(2);

/** kafkajs's own commits come after every batch and hold up the next fetch: 3 ms more at 200 readings/s. */
const COMMIT_MS = 300;

function commitNowAndThen(consumer: Consumer, topic: string): (batch: Batch) => void {
  let next: string | undefined;
  setInterval(() => {
    if (next === undefined) return;
    const offset = next;
    next = undefined;
    void consumer.commitOffsets([{ topic, partition: 0, offset }]);
  }, COMMIT_MS);
  return (batch) => (next = String(BigInt(batch.lastOffset()) + 1n));
}

async function main(): Promise<void> {
  applyKafkajsCures();
  const kafka = new Kafka({
    brokers,
    logLevel: logLevel.NOTHING,
    socketFactory: ({ host, port, onConnect }) => connectTcp({ host, port, noDelay: true }, onConnect),
  });
  const file = createWriteStream(arrivals);
  const client = await connectAsync(mqttUrl, { clientId: `plain-${process.pid}` });
  (client.stream as unknown as { setNoDelay(on: boolean): void }).setNoDelay(true);
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();

  const reader = kafka.consumer({ groupId: `plain-reader-${process.pid}`, maxWaitTimeInMs: 500 });
  const back = kafka.consumer({ groupId: `plain-back-${process.pid}`, maxWaitTimeInMs: 500 });
  const joined = [reader, back].map(
    (consumer) => new Promise<void>((resolve) => void consumer.on(consumer.events.GROUP_JOIN, () => resolve())),
  );
  for (const consumer of [reader, back]) {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
  }
  const [commitRead, commitBack] = [commitNowAndThen(reader, topic), commitNowAndThen(back, topic)];
  await reader.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) {
        const arrival = clock.now();
        const { Sequence, Bridge_Timestamp } = JSON.parse(String(value)) as Record<string, number>;
        file.write(`${Sequence} ${Bridge_Timestamp} ${arrival}\n`);
      }
      commitRead(batch);
      await Promise.resolve();
    },
  });
  await back.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) client.publish(mqttBack, value ?? '', { qos: 1 });
      commitBack(batch);
      await Promise.resolve();
    },
  });
  await Promise.all(joined);

  const waiting: { value: string }[] = [];
  let sending = false;
  const flush = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    while (waiting.length > 0) await producer.send({ topic, acks: -1, messages: waiting.splice(0) });
    sending = false;
  };
  client.on('message', (_topic, payload) => {
    const reading = JSON.parse(payload.toString()) as Record<string, unknown>;
    reading['Bridge_Timestamp'] = Date.now();
    waiting.push({ value: JSON.stringify(reading) });
    void flush();
  });
  await client.subscribeAsync(mqttIn, { qos: 1 });
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
