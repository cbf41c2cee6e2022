import { countArrivals } from './arrivals';
import { readingsInInflux, readingsInKafka } from './far-ends';
import type { FaultCase } from './fault-case';
import type { RowFacts } from './fault-row';

/**
 * Two rows, by what Kafka and InfluxDB have in the end.
 * @param sent what these two must have
 * @param way how it came to MQTT
 */
export async function rowsBehindMqtt(
  { t, servers, names, database }: FaultCase,
  sent: ReadonlySet<string>,
  common: Pick<RowFacts, 'fault' | 'note' | 'longestDeployS'>,
  way = 'MQTT',
): Promise<RowFacts[]> {
  const records = await readingsInKafka(t, servers.kafka.brokers, names.kafkaTopic);
  const points = await readingsInInflux(database);
  return [
    { ...common, flow: `${way} > Kafka`, arrivals: countArrivals(sent, records), onceOnly: false },
    { ...common, flow: `${way} > Kafka > InfluxDB`, arrivals: countArrivals(sent, points), onceOnly: true },
  ];
}
