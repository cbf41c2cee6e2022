import assert from 'node:assert/strict';
import { untilGreen } from '../test/support/log-probes';
import { foreignSubscriber } from '../test/support/mosquitto-sub';
import { mqttUrl } from '../test/support/servers';
import { sendFrames, valuesOf } from './support/nucleo-board';
import { peerTest } from './support/peer-test';
import { board, bridge, publish } from './support/reference-nodes';

const FRAMES = 300;

peerTest(
  'kafka-python without a codec as the display: it shows every reading, in order, under a null key without headers',
  async (peers) => {
    const { t, mqttTopic, kafkaTopic } = peers;
    const subscriber = await foreignSubscriber(t, mqttUrl(), mqttTopic);
    const display = await peers.standIn('display.py', peers.brokers, kafkaTopic);
    const terminal = await peers.terminal();
    const red = await peers.run([...board(terminal.port), ...publish(peers), ...bridge(peers)]);
    await untilGreen(red, ['board', 'publish', 'bridge']);
    const begin = Date.now();
    await sendFrames(terminal.board, FRAMES);

    const shown = await display.heard('record', FRAMES);
    await subscriber.reach(FRAMES);
    const first = Number((shown[0]!['reading'] as Record<string, unknown>)['Sequence']);
    for (const [n, { raw, bareKey, headers, reading }] of shown.entries()) {
      const [, before, stamp] = /^(.*), "Bridge_Timestamp": (\d{13})\}$/.exec(String(raw)) ?? [];
      assert.equal(`${before}}`, subscriber.payloads[n]!.toString(), 'the bytes that the publisher sent');
      const { MQTT_Timestamp, Bridge_Timestamp, Kafka_Timestamp, ...rest } = reading as Record<string, unknown>;
      assert.deepEqual(rest, { ...valuesOf(n), Source: 'peers', Sequence: first + n });
      assert.equal(Bridge_Timestamp, Number(stamp));
      const stamps = [begin, MQTT_Timestamp, Bridge_Timestamp, Kafka_Timestamp].map(Number);
      assert.deepEqual(stamps, [...stamps].sort(), 'the stamps in the order of the stages');
      assert.deepEqual([bareKey, headers], [true, 0]);
    }
    assert.equal(shown.length, FRAMES);
    assert.deepEqual(red.problems(), []);
  },
);

peerTest('what kafka-twin-write compresses the display cannot show: the test above would see it', async (peers) => {
  const display = await peers.standIn('display.py', peers.brokers, peers.kafkaTopic);
  const payload = JSON.stringify({ 'Ambient Temperature': 23, Note: 'compress me, '.repeat(100) });
  await peers.run([
    {
      ...{ id: 'inject', type: 'inject', props: [{ p: 'payload' }], payload, payloadType: 'json' },
      ...{ once: true, onceDelay: 0.1, wires: [['write']] },
    },
    {
      id: 'write',
      type: 'kafka-twin-write',
      cluster: 'cluster',
      topic: peers.kafkaTopic,
      compression: 'gzip',
      wires: [],
    },
  ]);
  assert.match(await display.failed(), /UnsupportedCodecError|compression codec not found/);
});
