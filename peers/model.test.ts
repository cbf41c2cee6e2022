import assert from 'node:assert/strict';
import { freshTopic } from '../test/support/fresh-topic';
import { untilGreen } from '../test/support/log-probes';
import { kafkaBrokers } from '../test/support/servers';
import { until } from '../test/support/until';
import { sendFrames, valuesOf } from './support/nucleo-board';
import { type Peers, peerTest } from './support/peer-test';
import { board, bridge, latency, model, publish } from './support/reference-nodes';

const FRAMES = 200;

/** Grams of water per cubic metre, worked out here by other constants than our model's and the stand-in's. */
function roughHumidity(n: number): number {
  const { 'Ambient Temperature': celsius = 0, 'Ambient Humidity': percent = 0 } = valuesOf(n);
  const saturationHpa = 6.1094 * Math.exp((17.625 * celsius) / (celsius + 243.04));
  return (216.7 * saturationHpa * percent) / 100 / (273.15 + celsius);
}

async function start(peers: Peers, further: readonly object[]) {
  const terminal = await peers.terminal();
  const red = await peers.run([...board(terminal.port), ...publish(peers), ...bridge(peers), ...further]);
  await untilGreen(red, ['board', 'publish', 'bridge']);
  await sendFrames(terminal.board, FRAMES);
  return red;
}

peerTest(
  'kafka-python as the model: kafka-latency and influx-twin-write take every record of its topic',
  async (peers) => {
    const { database, kafkaTopic } = peers;
    const modelTopic = await freshTopic(kafkaBrokers());
    const standIn = await peers.standIn('model.py', peers.brokers, kafkaTopic, modelTopic);
    const red = await start(peers, [
      ...latency(modelTopic),
      {
        ...{ id: 'read', type: 'kafka-twin-read', cluster: 'cluster', topics: modelTopic, mode: 'group' },
        ...{ groupId: modelTopic, from: 'earliest', deliver: 'batch', wires: [['write']] },
      },
      {
        ...{ id: 'write', type: 'influx-twin-write', database: 'database', wires: [] },
        mapping: [
          { key: 'Abs_Humidity', measurement: 'Humidity_Matlab_Model', field: 'Abs_Humidity', type: 'float' },
          { key: 'Sequence', measurement: 'Humidity_Matlab_Model', field: 'Sequence', type: 'integer' },
        ],
      },
    ]);
    await standIn.heard('modelled', FRAMES);
    const stored = () => database.query('SELECT * FROM "Humidity_Matlab_Model"');
    await until(async () => (await stored()).length >= FRAMES, 60_000, 'the points');
    const rows = (await stored()).sort((a, b) => Number(a['Sequence']) - Number(b['Sequence']));
    for (const [n, row] of rows.entries()) {
      assert.equal(row['Sequence'], Number(rows[0]!['Sequence']) + n);
      assert.ok(Math.abs(Number(row['Abs_Humidity']) - roughHumidity(n)) < 0.1, `row ${n}: ${JSON.stringify(row)}`);
    }
    const delays = () => database.query('SELECT * FROM "Timestamp"');
    await until(async () => (await delays()).length >= FRAMES, 60_000, 'the delays');
    for (const row of await delays()) {
      for (const label of ['MQTT Bridge Time Diff', 'Bridge Matlab Time diff', 'Matlab Kafka Time diff']) {
        assert.ok(Number(row[label]) >= 0, `${label} is ${row[label]}`);
      }
    }
    assert.deepEqual(red.problems(), []);
    assert.doesNotMatch(red.log(), /\[debug:rejected-/);
  },
);

peerTest(
  'kafka-python behind twin-model and kafka-twin-write: every record has the result as a float and the integer stamp',
  async (peers) => {
    const modelTopic = await freshTopic(kafkaBrokers());
    const display = await peers.standIn('display.py', peers.brokers, modelTopic);
    const red = await start(peers, model(peers, modelTopic));
    const shown = await display.heard('record', FRAMES);
    assert.equal(shown.length, FRAMES);
    const first = Number((shown[0]!['reading'] as Record<string, unknown>)['Sequence']);
    for (const [n, { raw, headers, reading }] of shown.entries()) {
      assert.match(String(raw), /"Ambient Temperature": \d+\.\d+, .*"Matlab_Processed_TimeMs": \d{13}[,}]/);
      assert.match(String(raw), /"Wall1 Temperature": 23\.0, "Wall1 Humidity": 50\.0, /);
      assert.equal(headers, 0);
      const { Sequence, ...rest } = reading as Record<string, unknown>;
      assert.equal(Sequence, first + n);
      for (const [key, value] of Object.entries(valuesOf(n))) assert.equal(rest[key], value, key);
    }
    assert.deepEqual(red.problems(), []);
    assert.doesNotMatch(red.log(), /\[debug:rejected-/);
  },
);
