import assert from 'node:assert/strict';
import { statusProbe, untilGreen } from '../test/support/log-probes';
import { consoleConsume } from '../test/support/kafka-console';
import { foreignPublish } from '../test/support/mosquitto-pub';
import { foreignSubscriber } from '../test/support/mosquitto-sub';
import { kafkaBrokers, mqttUrl } from '../test/support/servers';
import { until } from '../test/support/until';
import { pythonJsonOf, sendFrames } from './support/nucleo-board';
import { peerTest } from './support/peer-test';
import { board, bridge, ingestion, publish } from './support/reference-nodes';

const FRAMES = 300;

peerTest(
  'paho-mqtt and kafka-python as the bridge: every reading of the board is counted in InfluxDB, values as they were',
  async (peers) => {
    const { t, mqttTopic, kafkaTopic, database } = peers;
    const standIn = await peers.standIn('bridge.py', peers.mqtt, mqttTopic, peers.brokers, kafkaTopic);
    const terminal = await peers.terminal();
    const red = await peers.run([...board(terminal.port), ...publish(peers), ...ingestion(peers)]);
    await untilGreen(red, ['board', 'publish']);
    await sendFrames(terminal.board, FRAMES);

    const bridged = await standIn.heard('bridged', FRAMES);
    assert.ok(bridged.every(({ qos }) => qos === 0));
    const counted = () => database.query('SELECT "Sequence" FROM "Number"');
    await until(async () => (await counted()).length >= FRAMES, 60_000, 'the points');
    const sequence = (await counted()).map((row) => Number(row['Sequence'])).sort((a, b) => a - b);
    const first = sequence[0]!;
    assert.deepEqual(
      sequence,
      sequence.map((_, n) => first + n),
    );
    const published = (n: number) => `${pythonJsonOf(n).slice(0, -1)}, "Source": "peers", "Sequence": ${first + n}, `;
    for (const [n, { payload }] of bridged.entries()) {
      assert.match(String(payload).replace(published(n), '… '), /^… "MQTT_Timestamp": \d{13}\}$/);
    }
    const records = await consoleConsume(t, kafkaBrokers(), kafkaTopic, FRAMES);
    for (const [n, record] of records.entries()) {
      // json.loads and json.dumps have been at it: what had a decimal point has it still, stamps and counter have none.
      assert.match(
        record.toString().replace(published(n), '… '),
        /^… "MQTT_Timestamp": \d{13}, "Bridge_Timestamp": \d{13}\}$/,
      );
    }
    assert.equal(standIn.all('bridged').length, FRAMES);
    assert.deepEqual(standIn.all('disconnected'), []);
    assert.deepEqual(red.problems(), []);
    assert.doesNotMatch(red.log(), /\[debug:rejected-/);
    // Nothing is retained: who subscribes later begins with what is published later.
    const late = await foreignSubscriber(t, mqttUrl(), mqttTopic);
    await foreignPublish(mqttUrl(), mqttTopic, ['{"End": true}']);
    await late.reach(1);
    assert.equal(late.payloads[0]!.toString(), '{"End": true}');
  },
);

peerTest('a batch reaches the bridge as one object for each reading; what is no reading never does', async (peers) => {
  const { mqttTopic, kafkaTopic } = peers;
  const standIn = await peers.standIn('bridge.py', peers.mqtt, mqttTopic, peers.brokers, kafkaTopic);
  const payload = '[{"Ambient Temperature": 23, "MQTT_Timestamp": 1}, 22.5, null, [1], {"Ambient Temperature": 24.5}]';
  const inject = { type: 'inject', props: [{ p: 'payload' }], payload, payloadType: 'json' };
  const red = await peers.run([
    { id: 'batch', ...inject, once: true, onceDelay: 0.1, wires: [['publish']] },
    ...publish(peers),
  ]);
  const bridged = (await standIn.heard('bridged', 2)).map((told) => told['payload'] as string);
  assert.match(bridged[0]!, /^\{"Ambient Temperature": 23\.0, "MQTT_Timestamp": \d{13}\}$/);
  assert.match(bridged[1]!, /^\{"Ambient Temperature": 24\.5, "MQTT_Timestamp": \d{13}\}$/);
  await until(() => (red.log().match(/\[debug:rejected-publish\]/g) ?? []).length === 3, 10_000, 'the three others');
  assert.ok(standIn.running);
  assert.deepEqual(red.problems(), []);
});

peerTest(
  'kafka-python and paho-mqtt as the bridge back: a reading of kafka-bridge comes to mqtt-twin-read',
  async (peers) => {
    const { kafkaTopic, mqttTopic, database } = peers;
    const back = `${mqttTopic}/back`;
    const unbridge = await peers.standIn('unbridge.py', peers.brokers, kafkaTopic, peers.mqtt, back);
    const terminal = await peers.terminal();
    const red = await peers.run([
      ...board(terminal.port),
      ...publish(peers),
      ...bridge(peers),
      {
        id: 'read',
        type: 'mqtt-twin-read',
        broker: 'broker',
        topics: back,
        qos: '1',
        deliver: 'each',
        wires: [['write']],
      },
      {
        ...{ id: 'write', type: 'influx-twin-write', database: 'database', wires: [] },
        mapping: [{ key: 'Sequence', measurement: 'Number', field: 'Sequence', type: 'integer' }],
      },
      ...statusProbe('read'),
    ]);
    await untilGreen(red, ['board', 'publish', 'bridge', 'read']);
    await sendFrames(terminal.board, FRAMES);
    await unbridge.heard('bridged', FRAMES);
    const counted = () => database.query('SELECT "Sequence" FROM "Number"');
    await until(async () => (await counted()).length >= FRAMES, 60_000, 'the points');
    assert.deepEqual(unbridge.all('disconnected'), []);
    assert.deepEqual(red.problems(), []);
  },
);
