/**
 * QoS 1 burst: how fast 20,000 readings are accepted by a broker, by our publisher and by plain mqtt.js in the same
 * run. `MQTT_URL` names the broker. Quote the ratio: rates depend on the machine and on what else it does.
 */
import { connectAsync } from 'mqtt';
import { MqttPublisher } from '../lib/mqtt/mqtt-publisher';

const COUNT = 20_000;
const ROUNDS = 5;
const url = process.env.MQTT_URL ?? 'mqtt://127.0.0.1:1883';
const topic = `bench/${process.pid}`;
const payloads = Array.from({ length: COUNT }, (_, index) =>
  Buffer.from(`{"Ambient Temperature": 22.51, "Ambient Humidity": 45.1, "Sequence": ${index}}`),
);

interface Figure {
  readonly perSecond: number;
  /** Of this process alone, so less at the mercy of what else runs. */
  readonly cpuMicrosEach: number;
}

async function measure(publish: (payload: Buffer) => Promise<unknown>): Promise<Figure> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  await Promise.all(payloads.map(publish));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: COUNT / seconds, cpuMicrosEach: (user + system) / COUNT };
}

async function ours(protocolVersion: 4 | 5): Promise<Figure> {
  const publisher = new MqttPublisher({ url, protocolVersion, maxQueued: COUNT });
  publisher.start();
  await publisher.publish(topic, 'first');
  const result = await measure((payload) => publisher.publish(topic, payload));
  await publisher.close();
  return result;
}

async function plain(protocolVersion: 4 | 5): Promise<Figure> {
  const client = await connectAsync(url, { protocolVersion });
  await client.publishAsync(topic, 'first', { qos: 1 });
  const result = await measure((payload) => client.publishAsync(topic, payload, { qos: 1 }));
  await client.endAsync();
  return result;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const medians = (figures: readonly Figure[]): Figure => ({
  perSecond: median(figures.map(({ perSecond }) => perSecond)),
  cpuMicrosEach: median(figures.map(({ cpuMicrosEach }) => cpuMicrosEach)),
});

const show = ({ perSecond, cpuMicrosEach }: Figure): string =>
  `${perSecond.toFixed(0)}/s with ${cpuMicrosEach.toFixed(1)} µs of CPU each`;

async function main(): Promise<void> {
  console.log(`${COUNT} messages at QoS 1, median of ${ROUNDS} alternating rounds`);
  for (const protocolVersion of [4, 5] as const) {
    const figures = { ours: [] as Figure[], plain: [] as Figure[] };
    for (let round = 0; round < ROUNDS; round++) {
      figures.plain.push(await plain(protocolVersion));
      figures.ours.push(await ours(protocolVersion));
    }
    const [our, other] = [medians(figures.ours), medians(figures.plain)];
    const ratio = (our.perSecond / other.perSecond).toFixed(2);
    const name = protocolVersion === 4 ? 'MQTT 3.1.1' : 'MQTT 5';
    console.log(`${name}: publisher ${show(our)}; plain mqtt.js ${show(other)}; ratio ${ratio}`);
  }
}

void main();
