/**
 * Readings per second into and out of Kafka, and the time from sending to delivery at 20 readings a second: our
 * producer and consumer beside plain kafkajs in the same run. (The cure of its idle timers holds for the whole process,
 * so plain kafkajs has it here too; alone it takes more of a core.) Needs KAFKA_BROKERS.
 *
 *     KAFKA_BROKERS=127.0.0.1:9092 node --import tsx bench/kafka-produce-consume.ts
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { KafkaAdmin } from '../lib/kafka/kafka-admin';
import { KafkaConsumer } from '../lib/kafka/kafka-consumer';
import { KafkaProducer } from '../lib/kafka/kafka-producer';
import { quantile } from '../lib/latency/quantile';

const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',');
const READINGS = 50_000;
const PARTITIONS = 4;
const IDLE_READINGS = 300;
const IDLE_EVERY_MS = 50;
const ROUNDS = 2;

/** One way to write to a topic and to read it. */
interface Subject {
  readonly name: string;
  /** Sends all at once; resolves when all are acknowledged. */
  produce(topic: string, values: readonly string[]): Promise<void>;
  /** Reads from the beginning; resolves once it has joined, with the function that ends it. */
  consume(topic: string, onValue: (value: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const name = (): string => `bench-${randomBytes(6).toString('hex')}`;

function ours(deliver: 'each' | 'batch'): Subject {
  const producer = new KafkaProducer({ connection: { brokers } });
  producer.start();
  return {
    name: `ours, ${deliver === 'each' ? 'one by one' : 'in batches'}`,
    produce: async (topic, values) => {
      await Promise.all(values.map((value, i) => producer.send({ topic, key: `board ${i % 16}`, value })));
    },
    consume: async (topic, onValue) => {
      const consumer = new KafkaConsumer({
        connection: { brokers },
        topics: [topic],
        groupId: name(),
        from: 'earliest',
        deliver,
        deleteGroupOnClose: true,
      });
      consumer.on('delivery', ({ records, settle }) => {
        for (const { value } of records) onValue(String(value));
        settle();
      });
      const joined = new Promise<void>((resolve) =>
        consumer.on('state', ({ state }) => state === 'connected' && resolve()),
      );
      consumer.start();
      await joined;
      return () => consumer.close();
    },
    close: () => producer.close(),
  };
}

/** kafkajs as its documentation shows it: a send per batch of 500, `eachMessage`, automatic commits. */
async function plain(): Promise<Subject> {
  const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return {
    name: 'plain kafkajs',
    produce: async (topic, values) => {
      for (let from = 0; from < values.length; from += 500) {
        const messages = values.slice(from, from + 500).map((value, i) => ({ key: `board ${i % 16}`, value }));
        await producer.send({ topic, messages });
      }
    },
    consume: async (topic, onValue) => {
      const consumer = kafka.consumer({ groupId: name() });
      const joined = new Promise<void>((resolve) => consumer.on(consumer.events.GROUP_JOIN, () => resolve()));
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        eachMessage: ({ message }) => {
          onValue(String(message.value));
          return Promise.resolve();
        },
      });
      await joined;
      return () => consumer.disconnect();
    },
    close: () => producer.disconnect(),
  };
}

async function rate(count: number, work: () => Promise<void>): Promise<string> {
  const begun = performance.now();
  await work();
  return `${Math.round(count / ((performance.now() - begun) / 1_000)).toLocaleString('en')}/s`;
}

async function measure(admin: KafkaAdmin, subject: Subject): Promise<string[]> {
  const reading = (i: number) =>
    `{"Ambient Temperature": ${(20 + (i % 100) / 10).toFixed(2)}, "Ambient Humidity": 45.1, "Sequence": ${i}, "MQTT_Timestamp": ${Date.now()}}`;
  const values = Array.from({ length: READINGS }, (_, i) => reading(i));
  const topic = name();
  await admin.createTopic({ topic, partitions: PARTITIONS });
  const produced = await rate(READINGS, () => subject.produce(topic, values));
  let stop: (() => Promise<void>) | undefined;
  const consumed = await rate(READINGS, async () => {
    let left = READINGS;
    let done: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (done = resolve));
    stop = await subject.consume(topic, () => --left === 0 && done());
    await all;
  });
  await stop?.();

  const idle = name();
  await admin.createTopic({ topic: idle });
  const sentAt = new Map<string, number>();
  const delays: number[] = [];
  stop = await subject.consume(idle, (value) => delays.push(performance.now() - (sentAt.get(value) ?? NaN)));
  const usage = process.cpuUsage();
  for (let i = 0; i < IDLE_READINGS; i++) {
    const value = reading(i);
    sentAt.set(value, performance.now());
    void subject.produce(idle, [value]);
    await pause(IDLE_EVERY_MS);
  }
  const { user, system } = process.cpuUsage(usage);
  await pause(500);
  await stop();
  const sorted = delays.sort((a, b) => a - b);
  const at = (p: number) => quantile(sorted, p).toFixed(1);
  const core = ((user + system) / 1_000 / (IDLE_READINGS * IDLE_EVERY_MS)) * 100;
  for (const used of [topic, idle]) await admin.deleteTopic(used);
  return [produced, consumed, `${at(0.5)} / ${at(0.95)} / ${at(0.99)} ms`, `${core.toFixed(1)} %`];
}

const row = (cells: readonly string[]): void =>
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(20) : cell.padStart(20))).join(''));

async function main(): Promise<void> {
  const admin = new KafkaAdmin({ brokers });
  console.log(
    `${READINGS.toLocaleString('en')} readings over ${PARTITIONS} partitions, then 20 readings/s for ${(IDLE_READINGS * IDLE_EVERY_MS) / 1_000} s\n`,
  );
  row(['', 'produced', 'consumed', 'p50 / p95 / p99', 'of a core at 20/s']);
  for (let round = 0; round < ROUNDS; round++) {
    for (const make of [() => ours('each'), () => ours('batch'), plain]) {
      const subject = await make();
      row([subject.name, ...(await measure(admin, subject))]);
      await subject.close();
    }
  }
  await admin.close();
}

void main();
