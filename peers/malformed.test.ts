import assert from 'node:assert/strict';
import { rejectionProbe, rejectionsOf, untilGreen } from '../test/support/log-probes';
import { foreignSubscriber } from '../test/support/mosquitto-sub';
import { mqttUrl } from '../test/support/servers';
import { until } from '../test/support/until';
import { peerTest } from './support/peer-test';
import { bridge, ingestion } from './support/reference-nodes';

const reading = (i: number, temperature = '23.0'): string =>
  `{"Ambient Temperature": ${temperature}, "Ambient Humidity": 45.0, "MQTT_Timestamp": ${1_674_000_000_000 + i}}`;
const WITHOUT_HUMIDITY = '{"Ambient Temperature": 21.0, "MQTT_Timestamp": 1674000000005}';

peerTest(
  'paho-mqtt sends NaN, an array and a number: kafka-bridge refuses each alone, and missing keys pass',
  async (peers) => {
    const red = await peers.run([...bridge(peers), ...ingestion(peers)]);
    await untilGreen(red, ['bridge']);
    const sender = await peers.standIn('sender.py', 'mqtt', peers.mqtt, peers.mqttTopic);
    sender.send([
      reading(0),
      reading(1, 'NaN'),
      reading(2, '22.5'),
      '[22.5, 45.0]',
      '22.5',
      WITHOUT_HUMIDITY,
      reading(6),
    ]);
    const points = () => peers.database.query('SELECT "Ambient Temperature" FROM "Temperature"');
    await until(async () => (await points()).length >= 4, 30_000, 'the points');
    assert.deepEqual(
      (await points()).map((row) => row['Ambient Temperature']),
      [23, 22.5, 21, 23],
    );
    assert.equal((await peers.database.query('SELECT "Ambient Humidity" FROM "Humidity"')).length, 3);
    assert.deepEqual(await rejectionsOf(red, 'bridge', 3), [
      ...['READING_NOT_A_NUMBER', 'READING_NOT_AN_OBJECT', 'READING_NOT_AN_OBJECT'],
    ]);
    assert.deepEqual(sender.all('disconnected'), []);
    assert.deepEqual(red.problems(), []);
  },
);

peerTest(
  'NaN goes through the Python bridge as the bare word: kafka-twin-read refuses that record alone',
  async (peers) => {
    const { mqttTopic, kafkaTopic } = peers;
    const red = await peers.run(ingestion(peers));
    const standIn = await peers.standIn('bridge.py', peers.mqtt, mqttTopic, peers.brokers, kafkaTopic);
    const sender = await peers.standIn('sender.py', 'mqtt', peers.mqtt, mqttTopic);
    sender.send([reading(0), reading(1, 'NaN'), reading(2, '-Infinity'), reading(3, '22')]);
    await standIn.heard('bridged', 4);
    const points = () => peers.database.query('SELECT "Ambient Temperature" FROM "Temperature"');
    await until(async () => (await points()).length >= 2, 30_000, 'the points');
    assert.deepEqual(
      (await points()).map((row) => row['Ambient Temperature']),
      [23, 22],
    );
    assert.deepEqual(await rejectionsOf(red, 'read', 2), ['READING_NOT_A_NUMBER', 'READING_NOT_A_NUMBER']);
    assert.deepEqual(red.problems(), []);
  },
);

peerTest('kafka-python sends tombstones: kafka-twin-read and the bridge to MQTT go on behind them', async (peers) => {
  const { t, mqttTopic, kafkaTopic } = peers;
  const subscriber = await foreignSubscriber(t, mqttUrl(), mqttTopic);
  const sender = await peers.standIn('sender.py', 'kafka', peers.brokers, kafkaTopic);
  const red = await peers.run([
    ...ingestion(peers),
    {
      ...{ id: 'back', type: 'kafka-bridge', direction: 'to-mqtt', broker: 'broker', cluster: 'cluster' },
      ...{ kafkaTopics: kafkaTopic, mqttTopic, start: 'earliest', groupId: `${kafkaTopic}-back` },
      ...{ rejectedOutput: true, wires: [['rejected-back']] },
    },
    rejectionProbe('back'),
  ]);
  sender.send([reading(0), 'null', reading(2), 'null', 'null', reading(5)]);
  await sender.heard('sent', 6);
  await subscriber.reach(3);
  const points = () => peers.database.query('SELECT "Ambient Temperature" FROM "Temperature"');
  await until(async () => (await points()).length >= 3, 30_000, 'the points');
  assert.equal((await points()).length, 3);
  for (const [i, n] of [0, 2, 5].entries()) {
    const [, before] = /^(.*), "Bridge_Timestamp": \d{13}\}$/.exec(subscriber.payloads[i]!.toString()) ?? [];
    assert.equal(`${before}}`, reading(n));
  }
  assert.deepEqual(await rejectionsOf(red, 'read', 3), Array(3).fill('KAFKA_NO_VALUE'));
  assert.deepEqual(await rejectionsOf(red, 'back', 3), Array(3).fill('BRIDGE_NO_VALUE'));
  assert.deepEqual(red.problems(), []);
});

peerTest(
  'the Python bridge ends on a payload that is no object: so a test with it would see one of ours',
  async (peers) => {
    const { mqttTopic, kafkaTopic } = peers;
    const standIn = await peers.standIn('bridge.py', peers.mqtt, mqttTopic, peers.brokers, kafkaTopic);
    const sender = await peers.standIn('sender.py', 'mqtt', peers.mqtt, mqttTopic);
    sender.send(['22.5']);
    assert.match(await standIn.failed(), /TypeError/);
  },
);
