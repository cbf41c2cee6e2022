import assert from 'node:assert/strict';
import { consoleProduce } from '../test/support/kafka-console';
import { kafkaBrokers } from '../test/support/servers';
import { until } from '../test/support/until';
import { peerTest } from './support/peer-test';
import { ingestion } from './support/reference-nodes';

const COUNT = 50;

/** Readings whose temperature is their number. */
const readings = (from: number): string[] =>
  Array.from(
    { length: COUNT },
    (_, i) =>
      `{"Ambient Temperature": ${(from + i).toFixed(1)}, "Ambient Humidity": 45.0, "MQTT_Timestamp": ${1_674_000_000_000 + from + i}}`,
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
