/**
 * Where a reading spends its time, and how long the whole way takes: MQTT -> bridge -> Kafka -> model -> Kafka ->
 * bridge -> MQTT, as a flow in a Node-RED process beside the same chain as a plain script on the same clients. Both run
 * all the time and get their readings in turn, at 20 and at 200 a second. In milliseconds: to the bridge (whole ones,
 * as its stamp is) and to the model from the publisher, from the model on, and the whole round. Needs MQTT_URL and
 * KAFKA_BROKERS: `npm run bench:latency`. Prints, never fails.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectAsync, type MqttClient } from 'mqtt';
import { KafkaAdmin } from '../lib/kafka/kafka-admin';
import { EpochClock } from '../lib/latency/epoch-clock';
import { quantile } from '../lib/latency/quantile';
import { brokers, type Chain, type ChainTopics, mqttUrl } from './latency-chain/chain';
import { flowChain } from './latency-chain/flow-chain';
import { plainChain } from './latency-chain/plain-chain';

const RATES = [20, 200];
const ROUNDS = Number(process.env['ROUNDS'] ?? 12);
/** Short, so that what else slows the machine down meets both alike. */
const ROUND_S = 5;
const ARRIVE_MS = 20_000;
const STAGES = ['to the bridge', 'to the model', 'model to MQTT', 'round trip'] as const;
const FIGURES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, max: 1 };
const TARGETS: Record<string, number> = { p50: 1.3, p99: 1.5 };

type Delays = Record<(typeof STAGES)[number], number[]>;
/** Several processes stamp: `performance.timeOrigin` may differ between them by milliseconds. */
const clock = new EpochClock();
const now = (): number => clock.now();

/** A chain with what went in and came back. */
interface Subject {
  readonly name: string;
  readonly chain: Chain;
  readonly sent: Map<number, number>;
  readonly back: Map<number, number>;
  /** Sequence numbers of each rate. */
  readonly ofRate: Map<number, number[]>;
}

async function send(client: MqttClient, subject: Subject, rate: number): Promise<void> {
  const { sent, back, chain, ofRate } = subject;
  const numbers = ofRate.get(rate) ?? [];
  ofRate.set(rate, numbers);
  const begin = performance.now();
  for (let i = 0; i < rate * ROUND_S; i++) {
    const waitMs = begin + (i * 1000) / rate - performance.now();
    if (waitMs > 0) await pause(waitMs);
    const Sequence = sent.size;
    numbers.push(Sequence);
    sent.set(Sequence, now());
    const reading = { 'Ambient Temperature': 22.51, 'Ambient Humidity': 45.1, Source: 'bench', Sequence };
    client.publish(chain.topics.mqttIn, JSON.stringify({ ...reading, MQTT_Timestamp: Date.now() }), { qos: 1 });
  }
  for (const end = performance.now() + ARRIVE_MS; back.size < sent.size && performance.now() < end;) await pause(50);
  if (back.size < sent.size) console.log(`${subject.name}: ${sent.size - back.size} readings have not come back`);
}

function delaysOf({ chain, sent, back, ofRate }: Subject, rate: number): Delays {
  const wanted = new Set(ofRate.get(rate));
  const delays: Delays = { 'to the bridge': [], 'to the model': [], 'model to MQTT': [], 'round trip': [] };
  for (const line of readFileSync(chain.arrivals, 'utf8').trim().split('\n')) {
    const [sequence = NaN, bridgeStamp = NaN, arrival = NaN] = line.split(' ').map(Number);
    const begin = sent.get(sequence);
    if (begin === undefined || !wanted.has(sequence)) continue;
    delays['to the bridge'].push(bridgeStamp - Math.floor(begin));
    delays['to the model'].push(arrival - begin);
    const end = back.get(sequence);
    if (end !== undefined) delays['model to MQTT'].push(end - arrival);
  }
  for (const sequence of wanted) {
    const end = back.get(sequence);
    if (end !== undefined) delays['round trip'].push(end - (sent.get(sequence) as number));
  }
  for (const values of Object.values(delays)) values.sort((a, b) => a - b);
  return delays;
}

function print(rate: number, flow: Delays, plain: Delays): void {
  console.log(`\n${rate} readings/s, ${flow['round trip'].length} and ${plain['round trip'].length} readings, ms`);
  for (const stage of STAGES) {
    const figures = Object.entries(FIGURES).map(([name, p]) => {
      const [ours, theirs] = [quantile(flow[stage], p), quantile(plain[stage], p)];
      const limit = TARGETS[name];
      // The stamp of the bridge is too coarse for a ratio.
      const ratio =
        stage === 'to the bridge' ? '' : ` = ${(ours / theirs).toFixed(2)}${limit ? ` (at most ${limit})` : ''}`;
      return `${name} ${ours.toFixed(1)} / ${theirs.toFixed(1)}${ratio}`;
    });
    console.log(`${stage.padEnd(14)} flow / script: ${figures.join(', ')}`);
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'latency-chain-'));
  const admin = new KafkaAdmin({ brokers });
  const client = await connectAsync(mqttUrl, { clientId: `bench-${process.pid}` });
  (client.stream as unknown as { setNoDelay(on: boolean): void }).setNoDelay(true);
  const subjects: Subject[] = [];
  const topicsOf = (name: string): ChainTopics => {
    const id = `chain-${name}-${process.pid}-${Date.now()}`;
    return { mqttIn: `${id}/in`, kafka: id, model: `${id}-model`, mqttBack: `${id}/back` };
  };
  try {
    for (const [name, start] of Object.entries({ flow: flowChain, script: plainChain })) {
      const topics = topicsOf(name);
      for (const topic of [topics.kafka, topics.model]) await admin.createTopic({ topic, partitions: 1 });
      const chain = await start(topics, folder);
      const subject = { name, chain, sent: new Map(), back: new Map<number, number>(), ofRate: new Map() };
      subjects.push(subject);
      await client.subscribeAsync(topics.mqttBack, { qos: 1 });
    }
    client.on('message', (topic, payload) => {
      const at = now();
      const { Sequence } = JSON.parse(payload.toString()) as { Sequence: number };
      subjects.find(({ chain }) => chain.topics.mqttBack === topic)?.back.set(Sequence, at);
    });
    await pause(3_000);
    const [flow, script] = subjects as [Subject, Subject];
    // A first turn at the highest rate compiles the code of both, and is not counted.
    for (const subject of subjects) await send(client, subject, Math.max(...RATES));
    for (const { ofRate } of subjects) ofRate.clear();
    for (let round = 0; round < ROUNDS; round++) {
      console.log(`round ${round + 1} of ${ROUNDS}`);
      for (const rate of RATES) {
        for (const subject of round % 2 === 0 ? [flow, script] : [script, flow]) await send(client, subject, rate);
      }
    }
    // What the two have written down is in the files once they have ended.
    await Promise.all(subjects.map(({ chain }) => chain.stop()));
    for (const rate of RATES) print(rate, delaysOf(flow, rate), delaysOf(script, rate));
  } finally {
    const made = subjects.flatMap(({ chain: { topics } }) => [topics.kafka, topics.model]);
    await Promise.allSettled(made.map((topic) => admin.deleteTopic(topic)));
    await admin.close();
    await client.endAsync(true);
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
