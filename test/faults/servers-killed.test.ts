import { test, type TestContext } from 'node:test';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { countArrivals } from './harness/arrivals';
import { readingsIn, readOut } from './harness/far-ends';
import { FaultCase } from './harness/fault-case';
import { kafkaToInflux, mqttToKafka, serialToMqtt } from './harness/fault-flow';
import { form, grouped, LIMIT_MS } from './harness/fault-form';
import { report } from './harness/fault-row';
import { killMosquitto, outage, startMortalMosquitto, startServers } from './harness/fault-servers';
import { Load } from './harness/load';
import { mosquittoFeed } from './harness/mosquitto-feed';
import { rowsBehindMqtt } from './harness/rows-behind-mqtt';
import { SecondWay } from './harness/second-way';
import { serialFeed } from './harness/serial-feed';

test('a server is killed under load and comes back', { timeout: LIMIT_MS }, async (t) => {
  const servers = await startServers(t);
  const { mosquitto, kafka, influxd } = servers;

  const killable = [
    { title: 'Kafka', server: kafka },
    { title: 'InfluxDB', server: influxd },
  ];
  for (const group of grouped(killable)) {
    const who = group.map(({ title }) => title).join(', then ');
    await t.test(who, (t) =>
      fromMqtt(t, `${who} killed ${form.outageS} s`, async () => {
        for (const { server } of group) await outage(server, form.outageS);
      }),
    );
  }

  await t.test('Mosquitto', async (t) => {
    const mortal = await startMortalMosquitto(t);
    const kase = await FaultCase.prepare(t, { ...servers, mosquitto: mortal });
    const { names } = kase;
    const line = await serialFeed(t);
    const far = await foreignSubscriber(t, mortal.url, names.mqttTopic, ['-c', '-i', names.kafkaTopic]);
    const second = await SecondWay.prepare(t, kase);
    const ways = [...serialToMqtt(line.port, names), ...mqttToKafka(names), ...kafkaToInflux(names), ...second.nodes()];
    const red = await kase.run(kase.flows(ways), ['board', 'publish', 'bridge', ...SecondWay.GREEN]);
    const load = new Load(line);
    await kase.under(load, () => outage(mortal, form.outageS, () => killMosquitto(mortal)), {
      ends: [...kase.ends, ...second.ends],
    });
    await readOut(far, load.sent);
    await red.stop();
    const fault = `Mosquitto killed ${form.outageS} s`;
    const arrivals = countArrivals(load.sent, readingsIn(far.payloads));
    const first = { fault, flow: 'serial > MQTT', arrivals, onceOnly: false };
    const behind = await rowsBehindMqtt(kase, load.sent, { fault }, 'serial > MQTT');
    report(t, first, ...behind, ...(await second.rows(load.sent, { fault })));
  });

  async function fromMqtt(t: TestContext, fault: string, kills: () => Promise<void>): Promise<void> {
    const kase = await FaultCase.prepare(t, servers);
    const { names } = kase;
    const second = await SecondWay.prepare(t, kase);
    const flows = kase.flows([...mqttToKafka(names), ...kafkaToInflux(names), ...second.nodes()]);
    const red = await kase.run(flows, ['bridge', ...SecondWay.GREEN]);
    const load = new Load(mosquittoFeed(t, mosquitto.port, names.mqttTopic));
    await kase.under(load, kills, { ends: [...kase.ends, ...second.ends] });
    await red.stop();
    report(t, ...(await rowsBehindMqtt(kase, load.sent, { fault })), ...(await second.rows(load.sent, { fault })));
  }
});
