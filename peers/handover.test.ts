import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { consoleProduce } from '../test/support/kafka-console';
import { kafkaBrokers } from '../test/support/servers';
import { until } from '../test/support/until';
import { freshTopic } from '../test/support/fresh-topic';
import { peerTest } from './support/peer-test';
import { ingestion } from './support/reference-nodes';

const COUNT = 50;
/** Only our ingestion writes the measurement `Number`. */
const FIELD_COUNTS: Readonly<Record<string, string>> = {
  Temperature: 'count_Ambient Temperature',
  Humidity: 'count_Ambient Humidity',
  Number: 'count_Wall2 Humidity',
};

/** Readings whose temperature is their number. */
const readings = (from: number): string[] =>
  Array.from(
    { length: COUNT },
    (_, i) =>
      `{"Ambient Temperature": ${(from + i).toFixed(1)}, "Ambient Humidity": 45.0, "Wall2 Humidity": 50.0, "MQTT_Timestamp": ${1_674_000_000_000 + from + i}}`,
  );

peerTest(
  'our ingestion takes over the consumer group of the script and gives it back: each reading is stored once',
  async (peers) => {
    const { kafkaTopic, database } = peers;
    // What `ingestion` uses as its group.
    const script = () => peers.standIn('ingestion.py', peers.brokers, kafkaTopic, kafkaTopic, ...peers.influx);
    const stored = async (): Promise<number[]> =>
      (await database.query('SELECT "Ambient Temperature" FROM "Temperature"'))
        .map((row) => Number(row['Ambient Temperature']))
        .sort((a, b) => a - b);
    const allUpTo = (end: number) => until(async () => (await stored()).length >= end, 60_000, `${end} points`);

    const before = await script();
    await consoleProduce(kafkaBrokers(), kafkaTopic, readings(0));
    await before.heard('stored', COUNT);
    await before.end();

    await consoleProduce(kafkaBrokers(), kafkaTopic, readings(COUNT));
    const red = await peers.run(ingestion(peers));
    await allUpTo(2 * COUNT);
    await red.stop();

    await consoleProduce(kafkaBrokers(), kafkaTopic, readings(2 * COUNT));
    const after = await script();
    await after.heard('stored', COUNT);
    assert.deepEqual(
      await stored(),
      Array.from({ length: 3 * COUNT }, (_, n) => n),
    );
    assert.deepEqual(red.problems(), []);
  },
);

peerTest(
  'the script and our node share one consumer group: each has a partition, and each reading is stored once',
  async (peers) => {
    const shared = { ...peers, kafkaTopic: await freshTopic(kafkaBrokers(), 2) };
    const { kafkaTopic, database } = shared;
    const script = await peers.standIn('ingestion.py', peers.brokers, kafkaTopic, kafkaTopic, ...peers.influx);
    const red = await peers.run(ingestion(shared));
    const sender = await peers.standIn('sender.py', 'kafka', peers.brokers, kafkaTopic);
    const count = async (measurement: string): Promise<number> =>
      Number((await database.query(`SELECT count(*) FROM "${measurement}"`))[0]?.[FIELD_COUNTS[measurement]!] ?? 0);
    let sent = 0;
    // Each has its share only after both have joined: readings go on until ours has had some.
    const sendUntilOursHasSome = async (): Promise<boolean> => {
      sender.send(readings(sent));
      sent += COUNT;
      await sender.heard('sent', sent);
      await wait(300);
      return (await count('Number')) > 0;
    };
    await until(sendUntilOursHasSome, 60_000, 'a reading in our node');
    await until(async () => (await count('Humidity')) >= sent, 60_000, 'all points');
    assert.equal(await count('Temperature'), sent);
    assert.equal((await count('Number')) + script.all('stored').length, sent);
    assert.ok(script.running && script.all('stored').length > 0);
    assert.deepEqual(red.problems(), []);
  },
);
