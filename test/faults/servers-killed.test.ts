import { test } from 'node:test';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { countArrivals } from './harness/arrivals';
import { readingsIn } from './harness/far-ends';
import { FaultCase } from './harness/fault-case';
import { kafkaToInflux, mqttToKafka, serialToMqtt } from './harness/fault-flow';
import { form, LIMIT_MS } from './harness/fault-form';
import { report } from './harness/fault-row';
import { killMosquitto, outage, startMortalMosquitto, startServers } from './harness/fault-servers';
import { Load } from './harness/load';
import { mosquittoFeed } from './harness/mosquitto-feed';
import { rowsBehindMqtt } from './harness/rows-behind-mqtt';
import { serialFeed } from './harness/serial-feed';

test('a server is killed under load and comes back', { timeout: LIMIT_MS }, async (t) => {
  const servers = await startServers(t);
  const { mosquitto, kafka, influxd } = servers;

  await t.test('Kafka', async (t) => {
    await fromMqtt(t, 'Kafka', () => outage(kafka, form.outageS));
  });
  await t.test('InfluxDB', async (t) => {
    await fromMqtt(t, 'InfluxDB', () => outage(influxd, form.outageS));
  });

  await t.test('Mosquitto', async (t) => {
    const mortal = await startMortalMosquitto(t);
    const kase = await FaultCase.prepare(t, { ...servers, mosquitto: mortal });
    const { names } = kase;
    const line = await serialFeed(t);
    const far = await foreignSubscriber(t, mortal.url, names.mqttTopic, ['-c', '-i', names.kafkaTopic]);
    const nodes = [...serialToMqtt(line.port, names), ...mqttToKafka(names), ...kafkaToInflux(names)];
    const red = await kase.run(kase.flows(nodes), ['board', 'publish', 'bridge']);
    const load = new Load(line);
    await kase.under(load, () => outage(mortal, form.outageS, () => killMosquitto(mortal)));
    await red.stop();
    const fault = `Mosquitto killed ${form.outageS} s`;
    const arrivals = countArrivals(load.sent, readingsIn(far.payloads));
    const first = { fault, flow: 'serial > MQTT', arrivals, onceOnly: false };
    report(t, first, ...(await rowsBehindMqtt(kase, load.sent, { fault }, 'serial > MQTT')));
  });

  async function fromMqtt(t: Parameters<typeof FaultCase.prepare>[0], name: string, fault: () => Promise<void>) {
    const kase = await FaultCase.prepare(t, servers);
    const { names } = kase;
    const red = await kase.run(kase.flows([...mqttToKafka(names), ...kafkaToInflux(names)]));
    const load = new Load(mosquittoFeed(t, mosquitto.port, names.mqttTopic));
    await kase.under(load, fault);
    await red.stop();
    report(t, ...(await rowsBehindMqtt(kase, load.sent, { fault: `${name} killed ${form.outageS} s` })));
  }
});
