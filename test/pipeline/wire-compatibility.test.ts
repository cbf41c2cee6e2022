import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consoleConsume, consoleProduce } from '../support/kafka-console';
import { rejectionProbe, rejectionsOf, statusProbe, untilGreen } from '../support/log-probes';
import { foreignPublish } from '../support/mosquitto-pub';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { ownPipeline } from '../support/pipeline-servers';
import { kafkaBrokers, mqttUrl } from '../support/servers';
import { until } from '../support/until';

/** Readings as scripts around the pipeline write them; each must come through as it is. */
const READINGS = [
  // json.dumps of Python
  '{"Ambient Temperature": 22.51, "Ambient Humidity": 45.1, "Wall1 Temperature": 23.0, "Wall1 Humidity": 50.0, "Wall2 Temperature": 19.99, "Wall2 Humidity": 58.25, "MQTT_Timestamp": 1674000000000}',
  // an order of its own
  '{"MQTT_Timestamp": 1674000000001, "Wall2 Humidity": 58.0, "Ambient Humidity": 45.10, "Ambient Temperature": 23.0}',
  // unknown keys, nested and escaped
  '{"Ambient Temperature": 1e1, "Ambient Humidity": 4.5E1, "Firmware": {"build": [1, 2.0, null]}, "Ort": "K\\u00fche \\"2\\", Straße 😀", "big": 12345678901234567890, "MQTT_Timestamp": 1674000000002}',
  // JSON.stringify of JavaScript
  '{"Ambient Temperature":23,"Ambient Humidity":45.1,"MQTT_Timestamp":1674000000003}',
  // json.dumps with other separators
  '{ "Ambient Temperature" : 21.0 , "Ambient Humidity" : 44.0 , "MQTT_Timestamp" : 1674000000004 }',
];
const MALFORMED: readonly (readonly [payload: string, code: string])[] = [
  ['{"Ambient Temperature": NaN, "Ambient Humidity": 45.1, "MQTT_Timestamp": 1674000000005}', 'READING_NOT_A_NUMBER'],
  ['22.51 45.1', 'READING_NOT_JSON'],
  ['[22.51, 45.1]', 'READING_NOT_AN_OBJECT'],
  ['{"Ambient Temperature": 22.51, "Ambient Hum', 'READING_NOT_JSON'],
];
/** A malformed one between every two readings. */
const MIXED = READINGS.flatMap((reading, i) => [reading, ...(MALFORMED[i] ? [MALFORMED[i][0]] : [])]);
const CODES = MALFORMED.map(([, code]) => code);
/** The first scripts: MQTT 3.1.1, QoS 0, with a user name. */
const AS_THE_SCRIPTS = ['-V', 'mqttv311', '-q', '0', '-u', 'publisher', '-P', 'any'];

/** The payload without the stamp that the bridge adds last, and that stamp. */
function withoutStamp(payload: Buffer): { json: string; stamp: number } {
  const [, before, stamp, end] = /^(.*), "Bridge_Timestamp": (\d{13})( ?\})$/s.exec(payload.toString()) ?? [];
  assert.ok(before !== undefined, `no stamp at the end of ${payload.toString()}`);
  return { json: before + end, stamp: Number(stamp) };
}

function sameButForStamp(payloads: readonly Buffer[], expected: readonly string[], begin: number): void {
  const parts = payloads.map(withoutStamp);
  assert.deepEqual(
    parts.map(({ json }) => json),
    expected,
  );
  for (const { stamp } of parts) assert.ok(stamp >= begin && stamp <= Date.now(), `stamp ${stamp}`);
}

const bridgeNode = { type: 'kafka-bridge', broker: 'broker', cluster: 'cluster', rejectedOutput: true };

test(
  "mosquitto_pub to Kafka's console consumer: the same bytes with the bridge's stamp; a malformed payload costs itself",
  { timeout: 90_000 },
  async (t) => {
    const { mqttTopic, kafkaTopic, run } = await ownPipeline(t);
    const red = await run([
      {
        ...bridgeNode,
        id: 'bridge',
        direction: 'to-kafka',
        mqttFilters: mqttTopic,
        kafkaTopic,
        wires: [['rejected-bridge']],
      },
      ...statusProbe('bridge'),
      rejectionProbe('bridge'),
    ]);
    await untilGreen(red, ['bridge']);
    const begin = Date.now();
    await foreignPublish(mqttUrl(), mqttTopic, MIXED, AS_THE_SCRIPTS);
    const lines = await consoleConsume(t, kafkaBrokers(), kafkaTopic, READINGS.length, [
      ...['print.headers=true', 'print.key=true', 'headers.separator=,', 'key.separator=|'],
    ]);
    const bare = 'NO_HEADERS|null|';
    assert.ok(lines.every((line) => line.toString().startsWith(bare)));
    sameButForStamp(
      lines.map((line) => line.subarray(bare.length)),
      READINGS,
      begin,
    );
    assert.deepEqual(await rejectionsOf(red, 'bridge', CODES.length), CODES);
    assert.deepEqual(red.problems(), []);
  },
);

test(
  "Kafka's console producer to mosquitto_sub: the same JSON with the bridge's stamp; a malformed record costs itself",
  { timeout: 90_000 },
  async (t) => {
    const { mqttTopic, kafkaTopic, run } = await ownPipeline(t);
    const subscriber = await foreignSubscriber(t, mqttUrl(), mqttTopic, ['-V', 'mqttv311']);
    const red = await run([
      {
        ...{ ...bridgeNode, id: 'bridge', direction: 'to-mqtt', kafkaTopics: kafkaTopic, mqttTopic, start: 'earliest' },
        ...{ groupId: kafkaTopic, wires: [['rejected-bridge']] },
      },
      rejectionProbe('bridge'),
    ]);
    const begin = Date.now();
    // Went over a bridge before: its stamp is made new, not doubled.
    const bridged = '{"Ambient Temperature": 23.0, "Bridge_Timestamp": 1674000000006}';
    await consoleProduce(kafkaBrokers(), kafkaTopic, [...MIXED, bridged]);
    await subscriber.reach(READINGS.length + 1);
    sameButForStamp(subscriber.payloads, [...READINGS, '{"Ambient Temperature": 23.0}'], begin);
    assert.deepEqual(await rejectionsOf(red, 'bridge', CODES.length), CODES);
    assert.deepEqual(red.problems(), []);
  },
);

test(
  "Kafka's console producer to InfluxDB: every number is a float, in time and place; a malformed record costs itself",
  { timeout: 90_000 },
  async (t) => {
    const { kafkaTopic, database, run } = await ownPipeline(t);
    const red = await run([
      {
        ...{ id: 'read', type: 'kafka-twin-read', cluster: 'cluster', topics: kafkaTopic, groupId: kafkaTopic },
        ...{ mode: 'group', from: 'earliest', deliver: 'batch', rejectedOutput: true },
        wires: [['write'], ['rejected-read']],
      },
      {
        ...{ id: 'write', type: 'influx-twin-write', database: 'database', rejectedOutput: true },
        ...{ tags: [{ tag: 'location', from: 'text', value: 'Germany' }], wires: [['rejected-write']] },
      },
      ...['read', 'write'].map(rejectionProbe),
    ]);
    const text = '{"Ambient Temperature": "warm", "Ambient Humidity": 45.1, "MQTT_Timestamp": 1674000000005}';
    const [head, ...tail] = MIXED as [string, ...string[]];
    // The integer form comes first: as an integer it would make the field one, and the floats be refused.
    await consoleProduce(kafkaBrokers(), kafkaTopic, [READINGS[3]!, head, text, ...tail]);

    const stored = (measurement: string) => database.query(`SELECT * FROM "${measurement}"`);
    await until(async () => (await stored('Humidity')).length >= READINGS.length, 30_000, 'the points');
    assert.deepEqual(await stored('Temperature'), rowsOf('Ambient Temperature', [22.51, 23, 10, 23, 21]));
    assert.deepEqual(await stored('Humidity'), rowsOf('Ambient Humidity', [45.1, 45.1, 45, 45.1, 44]));
    assert.deepEqual(await database.query('SHOW FIELD KEYS'), [
      { fieldKey: 'Ambient Humidity', fieldType: 'float' },
      { fieldKey: 'Ambient Temperature', fieldType: 'float' },
    ]);
    assert.deepEqual(await rejectionsOf(red, 'read', CODES.length), CODES);
    assert.deepEqual(await rejectionsOf(red, 'write', 1), ['INFLUX_FIELD_TYPE']);
    assert.deepEqual(red.problems(), []);
  },
);

const rowsOf = (field: string, values: readonly number[]) =>
  values.map((value, i) => ({ time: 1_674_000_000_000 + i, [field]: value, location: 'Germany' }));
