import assert from 'node:assert/strict';
import { freshTopic } from '../test/support/fresh-topic';
import { untilGreen } from '../test/support/log-probes';
import { kafkaBrokers } from '../test/support/servers';
import { until } from '../test/support/until';
import { sendFrames } from './support/nucleo-board';
import { peerTest } from './support/peer-test';
import { board, bridge, latency, model, publish } from './support/reference-nodes';

const FRAMES = 200;
/** One clock and one machine: no delay is negative, and none longer than the test. */
const LONGEST_MS = 120_000;

peerTest(
  'kafka-python as the latency consumer: the delays of every reading, over our model too, the same as kafka-latency has',
  async (peers) => {
    const { kafkaTopic, database } = peers;
    const modelTopic = await freshTopic(kafkaBrokers());
    const standIn = await peers.standIn('latency.py', peers.brokers, kafkaTopic, modelTopic, ...peers.influx);
    const terminal = await peers.terminal();
    const red = await peers.run([
      ...[...board(terminal.port), ...publish(peers), ...bridge(peers)],
      ...[...model(peers, modelTopic), ...latency(modelTopic, { fieldType: 'integer' })],
    ]);
    await untilGreen(red, ['board', 'publish', 'bridge']);
    await sendFrames(terminal.board, FRAMES);

    const told = await standIn.heard('delays', 2 * FRAMES);
    const bySequence = (topic: string) =>
      told
        .filter((one) => one['topic'] === topic)
        .sort((a, b) => Number(a['sequence']) - Number(b['sequence']))
        .map(({ delays }) => delays as Record<string, number>);
    const readings = bySequence(kafkaTopic);
    const modelled = bySequence(modelTopic);
    assert.deepEqual([readings.length, modelled.length], [FRAMES, FRAMES]);
    for (const delays of [...readings, ...modelled]) {
      for (const [label, delay] of Object.entries(delays)) {
        assert.ok(Number.isInteger(delay) && delay >= 0 && delay < LONGEST_MS, `${label} is ${delay}`);
      }
    }

    // Both write into one measurement. What lies between two stamps of a reading must be the same for both.
    const ours = (label: string) => database.query(`SELECT "${label}" FROM "Timestamp" WHERE "Source" = 'peers'`);
    for (const [label, expected] of [
      ['MQTT Bridge Time Diff', readings],
      ['Bridge Matlab Time diff', modelled],
    ] as const) {
      await until(async () => (await ours(label)).length >= FRAMES, 60_000, `the points of ${label}`);
      assert.deepEqual(
        (await ours(label)).map((row) => row[label]),
        expected.map((delays) => delays[label]),
      );
      const theirs = `SELECT "${label}" FROM "Timestamp" WHERE "Source" = '' AND "location" = 'Germany'`;
      assert.equal((await database.query(theirs)).length, FRAMES);
    }
    assert.deepEqual(red.problems(), []);
    assert.doesNotMatch(red.log(), /\[debug:rejected-/);
  },
);
