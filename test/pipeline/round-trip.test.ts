import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { freshName, freshTopic } from '../support/fresh-topic';
import { statusProbe, untilGreen } from '../support/log-probes';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { NodeRedProcess } from '../support/node-red-process';
import { kafkaBrokers, mqttUrl } from '../support/servers';
import { until } from '../support/until';

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** The flow that ships, on topics and groups that no other test has, from the first record on. */
async function ownRoundTrip(): Promise<{ flows: FlowNode[]; sink: string }> {
  let text = readFileSync(resolve(__dirname, '../../flows/round-trip.json'), 'utf8');
  for (const name of ['RoundTrip_Data', 'RoundTrip_Model'])
    text = text.replaceAll(name, await freshTopic(kafkaBrokers()));
  const own = freshName();
  for (const name of ['RoundTrip/', 'round-trip-model', 'round-trip-return'])
    text = text.replaceAll(`"${name}`, `"${own}-${name}`);
  const flows = (JSON.parse(text) as FlowNode[]).map((node) => ({
    ...node,
    ...('from' in node ? { from: 'earliest' } : {}),
    ...('start' in node ? { start: 'earliest' } : {}),
  }));
  return { flows, sink: `${own}-RoundTrip/Sink` };
}

/** The rows of the data set that the flow carries. */
function recordedRows(flows: readonly FlowNode[]): number[][] {
  const { template } = flows.find(({ id }) => id === 'trip-data') as FlowNode & { template: string };
  return template
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number));
}

test(
  'round trip: every row of the data set comes back from Kafka with the result and a stamp of each stage',
  { timeout: 90_000 },
  async (t) => {
    const { flows, sink } = await ownRoundTrip();
    const { hostname, port } = new URL(mqttUrl());
    const subscriber = await foreignSubscriber(t, mqttUrl(), sink);
    const red = await NodeRedProcess.start({
      flows: [...flows, ...statusProbe('trip-to-kafka').map((node) => ({ ...node, z: 'trip-tab' }))],
      modules: ['@flowfuse/node-red-dashboard'],
      environment: { MQTT_HOST: hostname, MQTT_PORT: port, KAFKA_BROKERS: kafkaBrokers().join(',') },
    });
    t.after(() => red.stop());
    // What is published before the bridge has subscribed is nobody's.
    await untilGreen(red, ['trip-to-kafka']);
    const started = await fetch(`${red.url}/inject/trip-start`, { method: 'POST' });
    assert.equal(started.status, 200);

    const rows = recordedRows(flows);
    const texts = (): string[] =>
      subscriber.payloads.map(String).filter((payload) => payload.includes('"Source": "recorded"'));
    await until(() => texts().length >= rows.length, 60_000, `${rows.length} readings at the sink`);
    const readings = texts().map((payload) => JSON.parse(payload) as Record<string, number>);
    assert.deepEqual(
      readings.map((reading) => [reading['Ambient Temperature'], reading['Ambient Humidity']]),
      rows,
    );
    for (const reading of readings) {
      const stamps = ['MQTT_Timestamp', 'Bridge_Timestamp', 'Matlab_Processed_TimeMs', 'Return_Timestamp'];
      const times = stamps.map((stamp) => reading[stamp]!);
      assert.deepEqual(times, [...times].sort(), `stamps in order: ${times.join(' ')}`);
    }
    const lives = readings.map((reading) => reading['Current_Shelf_Life']!);
    assert.ok(lives.every((life, i) => life <= (lives[i - 1] ?? 38)));
    // Python's reader takes the form of a number as its type.
    for (const text of texts()) assert.match(text, /"Ambient Temperature": \d+\.\d+, .*"Current_Shelf_Life": \d+\.\d+/);
    assert.deepEqual(red.problems(), []);
  },
);
