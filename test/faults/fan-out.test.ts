import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { InfluxDatabase } from '../support/influx-database';
import { OwnInfluxd } from '../support/own-influxd';
import { consoleGroupOffset } from '../support/kafka-console';
import { until } from '../support/until';
import { countArrivals } from './harness/arrivals';
import { pointsIn, readingsInInflux } from './harness/far-ends';
import { FaultCase } from './harness/fault-case';
import { kafkaToInflux, mqttToKafka } from './harness/fault-flow';
import { form, LIMIT_MS } from './harness/fault-form';
import { report } from './harness/fault-row';
import { startServers } from './harness/fault-servers';
import { Load } from './harness/load';
import { mosquittoFeed } from './harness/mosquitto-feed';

/** Records in flight at most: more than what is sent while one sink is away, so that the other need not wait. */
const WINDOW = 50_000;

test(
  'one of two databases is down: the other gets everything, and the committed offset waits for both',
  { timeout: LIMIT_MS },
  async (t) => {
    const servers = await startServers(t);
    const second = await OwnInfluxd.start(t);
    const kase = await FaultCase.prepare(t, servers);
    const { names, database } = kase;
    const { mosquitto, kafka } = servers;
    const other = await InfluxDatabase.create(t, second.url);
    const [read, write] = kafkaToInflux(names, { read: { wires: [['write', 'write-2']], window: WINDOW } });
    const flows = kase.flows([
      { id: 'database-2', type: 'influx-twin-database', url: second.url, database: other.name },
      ...mqttToKafka(names),
      ...[read!, write!, { ...write!, id: 'write-2', database: 'database-2' }],
    ]);
    const red = await kase.run(flows);
    const load = new Load(mosquittoFeed(t, mosquitto.port, names.mqttTopic));
    const offsets = () => consoleGroupOffset(kafka.brokers, names.kafkaTopic, names.kafkaTopic);
    let duringOutage = { committed: 0, stored: 0, there: 0 };
    await kase.under(
      load,
      async () => {
        await until(async () => (await pointsIn(database)) > 0 && (await pointsIn(other)) > 0, 30_000, 'both stored');
        await second.kill();
        const there = await pointsIn(database);
        await sleep(form.outageS * 1000);
        duringOutage = { committed: (await offsets()).committed, stored: await pointsIn(database), there };
        // The process forgets what it holds: only a committed offset that has waited brings it back for the second.
        await red.kill();
        await second.restart();
        await red.startAgain();
      },
      { ends: [...kase.ends, () => pointsIn(other)] },
    );
    await red.stop();
    const row = { fault: `second of two InfluxDB down ${form.outageS} s, Node-RED killed`, onceOnly: true };
    report(
      t,
      { ...row, flow: 'fan-out, first', arrivals: countArrivals(load.sent, await readingsInInflux(database)) },
      { ...row, flow: 'fan-out, second', arrivals: countArrivals(load.sent, await readingsInInflux(other)) },
    );
    const { committed: waited, stored, there } = duringOutage;
    t.diagnostic(JSON.stringify(duringOutage));
    assert.ok(stored > there, `the first stood still with the second: ${there} points before, ${stored} after`);
    assert.ok(waited < stored, `committed ${waited}, although the second had nothing of the last of ${stored}`);
    const { committed, end } = await offsets();
    assert.equal(committed, end, 'in the end the offset is committed to the last record');
  },
);
