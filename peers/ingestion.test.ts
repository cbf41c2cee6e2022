import assert from 'node:assert/strict';
import { untilGreen } from '../test/support/log-probes';
import { until } from '../test/support/until';
import { sendFrames, valuesOf } from './support/nucleo-board';
import { type Peers, peerTest } from './support/peer-test';
import { board, bridge, ingestion, publish } from './support/reference-nodes';

const FRAMES = 300;
const FIELDS = [
  ['Ambient Temperature', 'Temperature'],
  ['Ambient Humidity', 'Humidity'],
] as const;

const ingest = (peers: Peers) =>
  peers.standIn('ingestion.py', peers.brokers, peers.kafkaTopic, `${peers.kafkaTopic}-stand-in`, ...peers.influx);

async function assertFloats({ database }: Peers): Promise<void> {
  for (const [field, measurement] of FIELDS) {
    const keys = await database.query(`SHOW FIELD KEYS FROM "${measurement}"`);
    assert.deepEqual(keys, [{ fieldKey: field, fieldType: 'float' }]);
  }
}

peerTest(
  'kafka-python and influxdb as the ingestion: every reading is a float point, whole numbers among them',
  async (peers) => {
    const standIn = await ingest(peers);
    const terminal = await peers.terminal();
    const red = await peers.run([...board(terminal.port), ...publish(peers), ...bridge(peers)]);
    await untilGreen(red, ['board', 'publish', 'bridge']);
    await sendFrames(terminal.board, FRAMES);
    await standIn.heard('stored', FRAMES);
    for (const [field, measurement] of FIELDS) {
      const rows = await peers.database.query(`SELECT "${field}", "location" FROM "${measurement}"`);
      const expected = Array.from({ length: FRAMES }, (_, n) => [valuesOf(n)[field], 'Germany']);
      assert.deepEqual(
        rows.map((row) => [row[field], row['location']]),
        expected,
      );
    }
    await assertFloats(peers);
    assert.deepEqual(red.problems(), []);
  },
);

peerTest(
  'the ingestion script and our nodes store into the same measurements, and neither refuses the other',
  async (peers) => {
    const standIn = await ingest(peers);
    const terminal = await peers.terminal();
    const red = await peers.run([...board(terminal.port), ...publish(peers), ...bridge(peers), ...ingestion(peers)]);
    await untilGreen(red, ['board', 'publish', 'bridge']);
    await sendFrames(terminal.board, FRAMES);
    await standIn.heard('stored', FRAMES);
    const points = () => peers.database.query('SELECT "Ambient Temperature" FROM "Temperature"');
    await until(async () => (await points()).length >= 2 * FRAMES, 60_000, 'the points of both');
    assert.equal((await points()).length, 2 * FRAMES);
    await assertFloats(peers);
    assert.deepEqual(red.problems(), []);
    assert.doesNotMatch(red.log(), /\[debug:rejected-/);
  },
);

peerTest('the readings of a Pico board have both keys that the ingestion script needs', async (peers) => {
  const standIn = await ingest(peers);
  const terminal = await peers.terminal();
  const red = await peers.run([...board(terminal.port, 'pico'), ...publish(peers), ...bridge(peers)]);
  await untilGreen(red, ['board', 'publish', 'bridge']);
  for (const line of ['22.5  45.1\r\n', '23.0  45.0\r\n', '23.5  44.9\r\n']) terminal.board.write(line);
  await standIn.heard('stored', 3);
  for (const [i, values] of [
    [22.5, 23, 23.5],
    [45.1, 45, 44.9],
  ].entries()) {
    const [field, measurement] = FIELDS[i]!;
    const rows = await peers.database.query(`SELECT "${field}" FROM "${measurement}"`);
    assert.deepEqual(
      rows.map((row) => row[field]),
      values,
    );
  }
  await assertFloats(peers);
});
