import assert from 'node:assert/strict';
import { consoleConsume } from '../test/support/kafka-console';
import { untilGreen } from '../test/support/log-probes';
import { foreignSubscriber } from '../test/support/mosquitto-sub';
import { kafkaBrokers, mqttUrl } from '../test/support/servers';
import { until } from '../test/support/until';
import { frameOf, pythonJsonOf, valuesOf } from './support/nucleo-board';
import { peerTest } from './support/peer-test';
import { bridge, ingestion } from './support/reference-nodes';

const FRAMES = 100;
const numbers = Array.from({ length: FRAMES }, (_, n) => n);

peerTest(
  'pyserial and paho-mqtt as the publisher: every reading goes through kafka-bridge unchanged and into InfluxDB',
  async (peers) => {
    const { t, mqttTopic, kafkaTopic, database } = peers;
    const terminal = await peers.terminal();
    const subscriber = await foreignSubscriber(t, mqttUrl(), mqttTopic, ['-V', 'mqttv311']);
    const red = await peers.run([...bridge(peers), ...ingestion(peers)]);
    await untilGreen(red, ['bridge']);
    const publisher = await peers.standIn('publisher.py', terminal.port, peers.mqtt, mqttTopic);
    for (const n of numbers) {
      // It throws away what has come behind a frame: the next one is sent when this one is published.
      terminal.board.write(frameOf(n));
      await publisher.heard('published', n + 1);
    }
    await subscriber.reach(FRAMES);
    const published = subscriber.payloads.map(String);
    for (const n of numbers) {
      const [, values] = /^(.*), "MQTT_Timestamp": \d{13}\}$/.exec(published[n]!) ?? [];
      assert.equal(`${values}}`, pythonJsonOf(n));
    }

    const shown = ['print.headers=true', 'print.key=true', 'headers.separator=,', 'key.separator=|'];
    const records = await consoleConsume(t, kafkaBrokers(), kafkaTopic, FRAMES, shown);
    for (const n of numbers) {
      const [, before] = /^NO_HEADERS\|null\|(.*), "Bridge_Timestamp": \d{13}\}$/.exec(records[n]!.toString()) ?? [];
      assert.equal(`${before}}`, published[n]);
    }

    const stored = (field: string, measurement: string) => database.query(`SELECT "${field}" FROM "${measurement}"`);
    await until(async () => (await stored('Wall2 Humidity', 'Number')).length >= FRAMES, 60_000, 'the points');
    for (const [field, measurement] of [
      ['Ambient Temperature', 'Temperature'],
      ['Wall2 Humidity', 'Number'],
    ] as const) {
      const values = (await stored(field, measurement)).map((row) => row[field]);
      assert.deepEqual(
        values,
        numbers.map((n) => valuesOf(n)[field]),
      );
    }
    assert.deepEqual(publisher.all('disconnected'), []);
    assert.deepEqual(red.problems(), []);
    assert.doesNotMatch(red.log(), /\[debug:rejected-/);
  },
);
