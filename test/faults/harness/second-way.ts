import type { TestContext } from 'node:test';
import { freshTopic } from '../../support/fresh-topic';
import { InfluxDatabase } from '../../support/influx-database';
import { statusProbe } from '../../support/log-probes';
import { countArrivals } from './arrivals';
import { pointsIn, readingsInInflux, readingsInKafka, recordsIn } from './far-ends';
import { type FaultCase } from './fault-case';
import { type FlowNode, valuesMapping } from './fault-flow';
import type { RowFacts } from './fault-row';

/**
 * The way without a bridge, beside the first: `mqtt-twin-read` hands every message to `kafka-twin-write` and to
 * `influx-twin-write`, and acknowledges it in MQTT when both have it.
 */
export class SecondWay {
  /** The nodes that must be connected before readings flow. */
  static readonly GREEN = ['read-mqtt'];
  static readonly NODES = ['read-mqtt', 'write-kafka', 'write-mqtt'];

  private constructor(
    private readonly kase: FaultCase,
    private readonly topic: string,
    private readonly database: InfluxDatabase,
  ) {}

  static async prepare(t: TestContext, kase: FaultCase): Promise<SecondWay> {
    const { kafka, influxd } = kase.servers;
    return new SecondWay(kase, await freshTopic(kafka.brokers), await InfluxDatabase.create(t, influxd.url));
  }

  nodes(): FlowNode[] {
    const { names, servers } = this.kase;
    const url = servers.influxd.url;
    return [
      { id: 'database-mqtt', type: 'influx-twin-database', url, database: this.database.name },
      {
        ...{ id: 'read-mqtt', type: 'mqtt-twin-read', broker: 'broker', topics: names.mqttTopic, qos: '1' },
        ...{ acknowledge: 'flow', wires: [['write-kafka', 'write-mqtt']] },
      },
      { id: 'write-kafka', type: 'kafka-twin-write', cluster: 'cluster', topic: this.topic, wires: [] },
      {
        ...{ id: 'write-mqtt', type: 'influx-twin-write', database: 'database-mqtt', fields: 'table' },
        ...{ mapping: valuesMapping, wires: [] },
      },
      ...statusProbe('read-mqtt'),
    ];
  }

  /** How much has arrived, at each of its ends. */
  get ends(): readonly (() => Promise<number>)[] {
    return [() => pointsIn(this.database), () => recordsIn(this.kase.servers.kafka.brokers, this.topic)];
  }

  async rows(
    sent: ReadonlySet<string>,
    common: Pick<RowFacts, 'fault' | 'note' | 'longestDeployS'>,
  ): Promise<RowFacts[]> {
    const { t, servers } = this.kase;
    const records = await readingsInKafka(t, servers.kafka.brokers, this.topic);
    const points = await readingsInInflux(this.database);
    const flow = 'MQTT > read > write >';
    return [
      { ...common, flow: `${flow} Kafka`, arrivals: countArrivals(sent, records), onceOnly: false },
      { ...common, flow: `${flow} InfluxDB`, arrivals: countArrivals(sent, points), onceOnly: true },
    ];
  }
}
