import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connectAsync } from 'mqtt';
import { KafkaAdmin } from '../../lib/kafka/kafka-admin';
import type { MachineClock } from '../../lib/latency/echo-asker';
import type { HopSummary } from '../../lib/latency/latency-monitor';
import { DelayProxy } from '../support/delay-proxy';
import { freshName } from '../support/fresh-topic';
import { NodeRedProcess } from '../support/node-red-process';
import { freePort } from '../support/own-mosquitto';
import { OwnKafka } from '../support/own-kafka';
import { mqttUrl } from '../support/servers';
import { clockEnvironment, type ShiftedClock } from '../support/shifted-clock';
import { until } from '../support/until';
import { bridgeFlow, measuringFlow } from './delayed-flows';
import { startModel } from './lossy-model';

export const READINGS = 200;
const EVERY_MS = 50;
/** The bridge runs on a machine whose clock is five seconds ahead, and gains 50 millionths. */
export const CLOCK: ShiftedClock = { aheadMs: 5_000, ppm: 50, originMs: Date.now() };
/** Sequence numbers whose reply the model never sends, or sends twice: 5 % each. */
export const LOST = Array.from({ length: READINGS / 20 }, (_, i) => 7 + 20 * i);
const DOUBLED = LOST.map((sequence) => sequence + 6);

const DRIFT_PER_MS = 80 / (READINGS * EVERY_MS);
let driftFromMs = Infinity;
/** The known delays, in milliseconds. */
export const injected = {
  toBridgeMs: 40,
  toKafkaMs: 15,
  /** To the consumer: grows from the first reading on. */
  driftMs: (nowMs: number): number => Math.max(0, DRIFT_PER_MS * (nowMs - driftFromMs)),
  /** The same for what arrived at this time, having been held for as long as it was when it came to the proxy. */
  driftOfArrivalMs: (arrivalMs: number): number =>
    Math.max(0, (DRIFT_PER_MS * (arrivalMs - driftFromMs)) / (1 + DRIFT_PER_MS)),
};

export type Reading = Record<string, number>;
export interface DelayedRun {
  /** In order of arrival, with `Kafka_Timestamp`: from the bridge, and from the model. */
  readonly readings: readonly Reading[];
  readonly replies: readonly Reading[];
  readonly summaries: readonly HopSummary[];
  readonly clocks: readonly MachineClock[];
  /** How long each reading was held on its way to the MQTT broker, by Sequence. */
  readonly held: ReadonlyMap<number, number>;
}

const sequenceIn = (chunk: Buffer): number => Number(/"Sequence": ?(\d+)/.exec(chunk.toString('latin1'))?.[1] ?? NaN);

/**
 * Publisher -> MQTT -> bridge (its machine's clock is wrong) -> Kafka -> model -> Kafka -> consumer with the delays; a
 * proxy that holds up by a known time stands at each hop in both directions.
 */
export async function runDelayedPipeline(t: TestContext): Promise<DelayedRun> {
  const { hostname: host, port } = new URL(mqttUrl());
  const mosquitto = { host, port: Number(port) };
  const held = new Map<number, number>();
  const publishing = await DelayProxy.start(t, {
    target: mosquitto,
    toServer: (chunk) => (sequenceIn(chunk) % 10 === 3 ? 200 : 0),
    onHeld: (chunk, heldMs, toServer) => toServer && held.set(sequenceIn(chunk), heldMs),
  });
  const bridging = await DelayProxy.start(t, {
    target: mosquitto,
    toServer: () => 20,
    toClient: () => injected.toBridgeMs,
  });
  const echoing = await DelayProxy.start(t, { target: mosquitto, toServer: () => 30, toClient: () => 10 });
  const { kafka, producing, consuming } = await proxiedKafka(t);

  const names = { topic: freshName(), replies: freshName(), mqtt: `delays/${freshName()}` };
  const admin = new KafkaAdmin({ brokers: kafka.brokers });
  for (const topic of [names.topic, names.replies]) await admin.createTopic({ topic, partitions: 1 });
  await admin.close();
  const client = await connectAsync(`mqtt://127.0.0.1:${publishing.port}`);
  t.after(() => client.endAsync(true));
  const watch = await connectAsync(mqttUrl());
  t.after(() => watch.endAsync(true));
  const run = { readings: [] as Reading[], replies: [] as Reading[], held, echoes: 0 };
  const told = new Map<string, { hops: HopSummary[]; clocks?: MachineClock[] }>();
  watch.on('message', (topic, payload) => {
    const name = topic.slice(names.mqtt.length + 1);
    const said = JSON.parse(payload.toString()) as never;
    if (name === 'readings' || name === 'replies') run[name].push(said);
    else if (name === 'answer') run.echoes++;
    else told.set(name, said);
  });
  await watch.subscribeAsync(
    ['readings', 'replies', 'answer', 'hops', 'pairs'].map((name) => `${names.mqtt}/${name}`),
    { qos: 1 },
  );

  const measuring = await NodeRedProcess.start({
    flows: measuringFlow({ ...names, mosquitto, brokers: `127.0.0.1:${consuming.port}` }),
  });
  t.after(() => measuring.stop());
  const bridge = await NodeRedProcess.start({
    flows: bridgeFlow({
      ...names,
      mqttPort: bridging.port,
      echoPort: echoing.port,
      brokers: `127.0.0.1:${producing.port}`,
    }),
    environment: clockEnvironment(CLOCK),
  });
  t.after(() => bridge.stop());
  await startModel(t, { ...names, brokers: kafka.brokers, lost: LOST, doubled: DOUBLED });
  await until(() => run.echoes >= 5, 60_000, 'five answers of the other clock');

  driftFromMs = Date.now();
  for (let Sequence = 0; Sequence < READINGS; Sequence++) {
    const reading = { 'Ambient Temperature': 22.5, Source: 'board', Sequence, MQTT_Timestamp: Date.now() };
    client.publish(`${names.mqtt}/in`, JSON.stringify(reading));
    await pause(EVERY_MS);
  }
  const complete = (): boolean =>
    told.get('hops')?.hops.every(({ count }) => count === READINGS) === true &&
    told.get('pairs')?.hops[0]?.count === READINGS - LOST.length &&
    run.replies.length === READINGS - LOST.length + DOUBLED.length &&
    run.readings.length === READINGS;
  await until(complete, 60_000, 'the delays of all readings').catch((error: unknown) => {
    const counts = JSON.stringify([...told].map(([name, { hops }]) => [name, hops.map(({ count }) => count)]));
    const logs = [bridge, measuring].map((red) => red.log().slice(-1_500)).join('\n');
    throw new Error(`${counts}, ${run.readings.length} readings, ${run.replies.length} replies\n${logs}`, {
      cause: error,
    });
  });
  const { hops, clocks = [] } = told.get('hops')!;
  return { ...run, summaries: [...hops, ...told.get('pairs')!.hops], clocks };
}

/** A Kafka with two more listeners that are advertised as the proxies in front of them. */
async function proxiedKafka(
  t: TestContext,
): Promise<{ kafka: OwnKafka; producing: DelayProxy; consuming: DelayProxy }> {
  const [producerPort, consumerPort] = [await freePort(), await freePort()];
  const target = (port: number): { host: string; port: number } => ({ host: '127.0.0.1', port });
  const producing = await DelayProxy.start(t, {
    ...{ target: target(producerPort), toServer: () => injected.toKafkaMs, toClient: () => 5 },
  });
  const consuming = await DelayProxy.start(t, {
    ...{ target: target(consumerPort), toServer: () => 5, toClient: (_, nowMs) => injected.driftMs(nowMs) },
  });
  const kafka = await OwnKafka.start(t, {
    replace: (config) =>
      config
        .replace(/^listeners=/m, `listeners=BRIDGE://127.0.0.1:${producerPort},CONSUMER://127.0.0.1:${consumerPort},`)
        .replace(
          /^advertised.listeners=/m,
          `advertised.listeners=BRIDGE://127.0.0.1:${producing.port},CONSUMER://127.0.0.1:${consuming.port},`,
        )
        .replace(/^listener.security.protocol.map=/m, '$&BRIDGE:PLAINTEXT,CONSUMER:PLAINTEXT,'),
    lines: ['inter.broker.listener.name=PLAINTEXT'],
  });
  return { kafka, producing, consuming };
}
