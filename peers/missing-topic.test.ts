import assert from 'node:assert/strict';
import { freshName } from '../test/support/fresh-topic';
import { untilGreen } from '../test/support/log-probes';
import { until } from '../test/support/until';
import { sendFrames } from './support/nucleo-board';
import { peerTest } from './support/peer-test';
import { board, bridge, ingestion, publish } from './support/reference-nodes';

const FRAMES = 50;

peerTest('a topic that nobody has made: kafka-bridge writes into it, and the broker makes it', async (peers) => {
  const missing = { ...peers, kafkaTopic: freshName('missing') };
  const terminal = await peers.terminal();
  const red = await peers.run([
    ...board(terminal.port),
    ...publish(missing),
    ...bridge(missing),
    ...ingestion(missing),
  ]);
  await untilGreen(red, ['board', 'publish', 'bridge']);
  await sendFrames(terminal.board, FRAMES);
  const counted = () => peers.database.query('SELECT "Sequence" FROM "Number"');
  await until(async () => (await counted()).length >= FRAMES, 60_000, 'the points');
  const display = await peers.standIn('display.py', peers.brokers, missing.kafkaTopic);
  await sendFrames(terminal.board, FRAMES);
  await display.heard('record', FRAMES);
  assert.doesNotMatch(red.log(), /\[debug:rejected-/);
});

peerTest(
  'a topic that nobody has made: kafka-python writes into it, and our ingestion, which waited, has all',
  async (peers) => {
    const missing = { ...peers, kafkaTopic: freshName('missing') };
    const red = await peers.run(ingestion(missing));
    const sender = await peers.standIn('sender.py', 'kafka', peers.brokers, missing.kafkaTopic);
    sender.send(
      Array.from({ length: FRAMES }, (_, n) => `{"Ambient Temperature": ${n}.0, "MQTT_Timestamp": ${n + 1}}`),
    );
    await sender.heard('sent', FRAMES);
    const points = () => peers.database.query('SELECT "Ambient Temperature" FROM "Temperature"');
    await until(async () => (await points()).length >= FRAMES, 60_000, 'the points');
    assert.doesNotMatch(red.log(), /\[debug:rejected-/);
  },
);
