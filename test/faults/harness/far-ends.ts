import type { TestContext } from 'node:test';
import { KafkaAdmin } from '../../../lib/kafka/kafka-admin';
import { readingIdentity } from '../../../stack/count/reading-identity';
import type { InfluxDatabase } from '../../support/influx-database';
import { consoleConsume } from '../../support/kafka-console';
import type { ForeignSubscriber } from '../../support/mosquitto-sub';
import { until } from '../../support/until';
import { countArrivals, type SeenReading } from './arrivals';

/** Readings among payloads, in their order; one that is none fails. */
export function readingsIn(payloads: readonly Buffer[]): SeenReading[] {
  return payloads.map((payload) => {
    const reading = readingIdentity(payload);
    if (!reading) throw new Error(`not a numbered reading: ${payload.toString().slice(0, 200)}`);
    return reading;
  });
}

/**
 * Waits until a subscriber has read all that was sent, as its own pipe may lag behind what it is sent; 10 s at most.
 */
export async function readOut(far: ForeignSubscriber, sent: ReadonlySet<string>): Promise<void> {
  const lost = () => countArrivals(sent, readingsIn(far.payloads)).lost;
  // What is missing then is counted by the caller, as lost.
  await until(() => lost().length === 0, 10_000).catch(() => undefined);
}

/** All that Kafka has in a topic of one partition, read by its own console consumer. */
export async function readingsInKafka(
  t: TestContext,
  brokers: readonly string[],
  topic: string,
): Promise<SeenReading[]> {
  // Only where to stop: with a wrong number readings would be missing, or the consumer would wait in vain.
  return readingsIn(await consoleConsume(t, brokers, topic, await recordsIn(brokers, topic)));
}

/** How many records Kafka has in a topic of one partition; none while it does not answer. */
export async function recordsIn(brokers: readonly string[], topic: string): Promise<number> {
  const admin = new KafkaAdmin({ brokers: [...brokers] });
  try {
    return Number((await admin.endOffsets(topic)).get(0) ?? 0);
  } catch {
    return 0;
  } finally {
    await admin.close();
  }
}

/** All that InfluxDB has, in the order of time, by plain HTTP. */
export async function readingsInInflux(database: InfluxDatabase): Promise<SeenReading[]> {
  const rows = await database.query('SELECT "Sequence" FROM "Values" GROUP BY "Source"');
  return rows.map(({ Source, Sequence }) => ({ source: String(Source), sequence: Number(Sequence) }));
}

/** How many points InfluxDB has; none while it does not answer. */
export async function pointsIn(database: InfluxDatabase): Promise<number> {
  try {
    const [row] = await database.query('SELECT count("Sequence") AS n FROM "Values"');
    return Number(row?.['n'] ?? 0);
  } catch {
    return 0;
  }
}
