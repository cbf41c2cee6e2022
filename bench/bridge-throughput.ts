/**
 * A burst of 20,000 readings at QoS 1 from MQTT to Kafka: how many a second our bridge carries, acknowledged end to
 * end, beside a plain script on the same clients (mqtt.js, kafkajs) in the same run. The script sends what has come in
 * while its last batch was under way, and lets mqtt.js acknowledge on receipt: as fast as it gets, but what it holds is
 * lost when it dies. `MQTT_URL` and `KAFKA_BROKERS` name the servers. Quote the ratio; prints, never fails.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Kafka, logLevel } from 'kafkajs';
import { connectAsync } from 'mqtt';
import { MqttToKafkaBridge } from '../lib/bridge/mqtt-to-kafka-bridge';
import { KafkaAdmin } from '../lib/kafka/kafka-admin';

const COUNT = 20_000;
const ROUNDS = 5;
const mqttUrl = process.env['MQTT_URL'] ?? 'mqtt://127.0.0.1:1883';
const brokers = (process.env['KAFKA_BROKERS'] ?? '127.0.0.1:9092').split(',');
const burst = Array.from(
  { length: COUNT },
  (_, i) =>
    `{"Ambient Temperature": 22.51, "Ambient Humidity": 45.1, "Wall1 Temperature": 23.0, "Sequence": ${i}, "MQTT_Timestamp": 1674000000000}\n`,
).join('');

/** A subject that is ready to take the burst: `done` resolves when Kafka has acknowledged all of it. */
interface Subject {
  readonly done: Promise<void>;
  readonly close: () => Promise<void>;
}
type Start = (mqttTopic: string, kafkaTopic: string) => Promise<Subject>;

const bridge =
  (protocolVersion: 4 | 5): Start =>
  async (mqttTopic, kafkaTopic) => {
    const subject = new MqttToKafkaBridge({
      mqtt: { url: mqttUrl, clientId: `bench-${process.pid}`, protocolVersion },
      kafka: { brokers },
      ...{ from: [mqttTopic], to: kafkaTopic },
    });
    const connected = new Promise<void>((resolve) => {
      const up = new Set<string>();
      subject.on('state', (side, { state }) => {
        if (state === 'connected' && up.add(side).size === 2) resolve();
      });
    });
    const done = new Promise<void>((resolve) => {
      subject.on('bridged', () => subject.counts.bridged === COUNT && resolve());
    });
    subject.start();
    await connected;
    const close = async () => {
      await subject.close();
      await subject.forget();
    };
    return { done, close };
  };

const script: Start = async (mqttTopic, kafkaTopic) => {
  const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
  await producer.connect();
  const client = await connectAsync(mqttUrl, { clientId: `bench-${process.pid}` });
  const waiting: { value: string }[] = [];
  let sent = 0;
  let sending = false;
  let finish = () => {};
  const done = new Promise<void>((resolve) => (finish = resolve));
  const flush = async () => {
    if (sending) return;
    sending = true;
    while (waiting.length > 0) {
      // More would exceed the size of a batch that a broker takes.
      const messages = waiting.splice(0, 1_000);
      await producer.send({ topic: kafkaTopic, messages });
      sent += messages.length;
    }
    sending = false;
    if (sent === COUNT) finish();
  };
  client.on('message', (_topic, payload) => {
    const reading = JSON.parse(payload.toString()) as Record<string, unknown>;
    reading['Bridge_Timestamp'] = Date.now();
    waiting.push({ value: JSON.stringify(reading) });
    void flush();
  });
  await client.subscribeAsync(mqttTopic, { qos: 1 });
  const close = async () => {
    await client.endAsync();
    await producer.disconnect();
  };
  return { done, close };
};

interface Figure {
  readonly perSecond: number;
  /** Of this process alone, so less at the mercy of what else runs. */
  readonly cpuMicrosEach: number;
}

async function measure(start: Start, name: string): Promise<Figure> {
  const mqttTopic = `bench/${name}`;
  const kafkaTopic = `bench.${name}`;
  const admin = new KafkaAdmin({ brokers });
  await admin.createTopic({ topic: kafkaTopic, partitions: 1 });
  const { done, close } = await start(mqttTopic, kafkaTopic);
  const { hostname, port } = new URL(mqttUrl);
  const publisher = spawn('mosquitto_pub', ['-h', hostname, '-p', port || '1883', '-t', mqttTopic, '-q', '1', '-l'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const cpu = process.cpuUsage();
  const began = performance.now();
  publisher.stdin.end(burst);
  await Promise.all([done, once(publisher, 'exit')]);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const stored = Number((await admin.endOffsets(kafkaTopic)).get(0));
  if (stored !== COUNT) console.log(`${name}: Kafka has ${stored} records, not ${COUNT}`);
  await close();
  await admin.deleteTopic(kafkaTopic);
  await admin.close();
  return { perSecond: COUNT / seconds, cpuMicrosEach: (user + system) / COUNT };
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

async function main(): Promise<void> {
  const subjects: Record<string, Start> = {
    'plain script (acknowledges on receipt)': script,
    'bridge, MQTT 3.1.1': bridge(4),
    'bridge, MQTT 5': bridge(5),
  };
  const figures: Record<string, Figure[]> = {};
  console.log(
    `${COUNT} readings at QoS 1 from MQTT to Kafka, median of ${ROUNDS} alternating rounds, a first one unused`,
  );
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [i, [name, start]] of Object.entries(subjects).entries()) {
      const figure = await measure(start, `${process.pid}-${round}-${i}`);
      if (round > 0) (figures[name] ??= []).push(figure);
    }
  }
  for (const [name, rounds] of Object.entries(figures)) {
    const perSecond = median(rounds.map((figure) => figure.perSecond));
    const cpu = median(rounds.map((figure) => figure.cpuMicrosEach));
    console.log(`${name}: ${perSecond.toFixed(0)} readings/s, ${cpu.toFixed(1)} µs of CPU each`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
