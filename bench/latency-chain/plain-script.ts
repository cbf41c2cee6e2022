/**
 * The chain as a plain script: mqtt.js and kafkajs at the best that they can do (no delay on any socket, `eachBatch`,
 * idle timers cured; a message goes at once, or with what came while the last send was under way), QoS 1, nothing kept
 * that the clients do not keep by themselves. Started by the benchmark as a child; says `ready` when all of it is
 * connected.
 */
import { createWriteStream } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { type Batch, type Consumer, Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';
import { connectAsync } from 'mqtt';
import { EpochClock } from '../../lib/latency/epoch-clock';
import { applyKafkajsCures } from '../../lib/kafka/kafkajs-cures';
import { GREEN_LIFE, greenLifeRate } from '../../lib/twin/green-life';
import { brokers, mqttUrl } from './chain';

const clock = new EpochClock();
const [mqttIn = '', readings = '', results = '', mqttBack = '', arrivals = ''] = process.argv.slice(2);

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

/** Sends at once, or with what came while the last send was under way. */
function sender(producer: Producer, topic: string): (value: string) => void {
  const waiting: { value: string }[] = [];
  let sending = false;
  const flush = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    while (waiting.length > 0) await producer.send({ topic, acks: -1, messages: waiting.splice(0) });
    sending = false;
  };
  return (value) => {
    waiting.push({ value });
    void flush();
  };
}

const MS_PER_DAY = 86_400_000;

/** Green life of one box of bananas, from reading to reading. */
function greenLife(): (reading: Record<string, number>) => object {
  let days: number = GREEN_LIFE.initialDays;
  let lastMs: number | undefined;
  return (reading) => {
    const { 'Ambient Temperature': temperature = NaN, MQTT_Timestamp: atMs = NaN } = reading;
    days -= (greenLifeRate(temperature) * (atMs - (lastMs ?? atMs))) / MS_PER_DAY;
    lastMs = atMs;
    return { ...reading, GreenLife: days, Matlab_Processed_TimeMs: Date.now() };
  };
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
  for (const [consumer, topic] of [
    [reader, readings],
    [back, results],
  ] as const) {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
  }
  const [commitRead, commitBack] = [commitNowAndThen(reader, readings), commitNowAndThen(back, results)];
  const [toReadings, toResults] = [sender(producer, readings), sender(producer, results)];
  const model = greenLife();
  await reader.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) {
        const arrival = clock.now();
        const reading = JSON.parse(String(value)) as Record<string, number>;
        file.write(`${reading['Sequence']} ${reading['Bridge_Timestamp']} ${arrival}\n`);
        toResults(JSON.stringify(model(reading)));
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

  client.on('message', (_topic, payload) => {
    const reading = JSON.parse(payload.toString()) as Record<string, unknown>;
    reading['Bridge_Timestamp'] = Date.now();
    toReadings(JSON.stringify(reading));
  });
  await client.subscribeAsync(mqttIn, { qos: 1 });
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
