import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { InfluxDatabase } from '../support/influx-database';
import { countArrivals } from './harness/arrivals';
import { pointsIn, readingsInInflux } from './harness/far-ends';
import { FaultCase } from './harness/fault-case';
import { kafkaToInflux, mqttToKafka } from './harness/fault-flow';
import { form, LIMIT_MS } from './harness/fault-form';
import { report } from './harness/fault-row';
import { startServers } from './harness/fault-servers';
import { Load } from './harness/load';
import { mosquittoFeed } from './harness/mosquitto-feed';

/** The same readings, servers and kills for two readers in one process, so that only the option differs. */
test(
  'with completion on nothing is lost; without it the same kills lose readings, and this suite sees it',
  { timeout: LIMIT_MS },
  async (t) => {
    const servers = await startServers(t);
    const { mosquitto, influxd } = servers;
    const kase = await FaultCase.prepare(t, servers);
    const { names, database } = kase;
    const other = await InfluxDatabase.create(t, influxd.url);
    const red = await kase.run(
      kase.flows([
        { id: 'database-off', type: 'influx-twin-database', url: influxd.url, database: other.name },
        ...mqttToKafka(names),
        ...kafkaToInflux(names),
        // Nor may the sink keep on disk what its source no longer answers for.
        ...kafkaToInflux(names, { suffix: '-off', read: { commit: 'delivery' }, write: { spool: false } }),
      ]),
    );
    const load = new Load(mosquittoFeed(t, mosquitto.port, names.mqttTopic));
    const kills = async (): Promise<void> => {
      await influxd.kill();
      await sleep((form.outageS * 1000) / 2);
      await red.kill();
      await red.startAgain();
      await sleep((form.outageS * 1000) / 2);
      await influxd.restart();
    };
    await kase.under(load, kills);
    await kase.quiet(load.sent.size, { ends: [() => pointsIn(other)], quietMs: 5_000 });
    await red.stop();
    const row = { fault: 'InfluxDB killed, Node-RED killed meanwhile', onceOnly: true };
    const on = countArrivals(load.sent, await readingsInInflux(database));
    const off = countArrivals(load.sent, await readingsInInflux(other));
    report(
      t,
      { ...row, flow: 'Kafka > InfluxDB', arrivals: on },
      { ...row, flow: 'Kafka > InfluxDB, completion off', arrivals: off, mustLose: true },
    );
  },
);
