import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { identityKey } from './harness/arrivals';
import { readingsIn } from './harness/far-ends';
import { FaultCase } from './harness/fault-case';
import { kafkaToInflux, mqttToKafka, serialToMqtt } from './harness/fault-flow';
import { form, grouped, LIMIT_MS } from './harness/fault-form';
import { report } from './harness/fault-row';
import { startServers } from './harness/fault-servers';
import { Load } from './harness/load';
import { rowsBehindMqtt } from './harness/rows-behind-mqtt';
import { SecondWay } from './harness/second-way';
import { serialFeed } from './harness/serial-feed';
import type { NodeRedProcess } from '../support/node-red-process';

const KILLS = 3;

test('Node-RED is killed under load and started again', { timeout: LIMIT_MS }, async (t) => {
  const servers = await startServers(t);
  const { kafka } = servers;
  const killed = async (red: NodeRedProcess): Promise<void> => {
    await red.kill();
    await red.startAgain();
  };

  const deaths = [
    {
      title: 'three times',
      die: async (red: NodeRedProcess): Promise<void> => {
        for (let kill = 0; kill < KILLS; kill++) {
          if (kill > 0) await sleep(form.pauseS * 1000);
          await killed(red);
        }
      },
    },
    {
      title: 'while Kafka is down',
      die: async (red: NodeRedProcess): Promise<void> => {
        await kafka.kill();
        await sleep((form.outageS * 1000) / 2);
        await killed(red);
        await sleep((form.outageS * 1000) / 2);
        await kafka.restart();
      },
    },
  ];
  for (const group of grouped(deaths)) {
    const when = group.map(({ title }) => title).join(', then ');
    await t.test(when, (t) =>
      underKills(t, `Node-RED killed ${when}`, async (red) => {
        for (const { die } of group) await die(red);
      }),
    );
  }

  /**
   * The boards write on a serial line, which keeps nothing for a reader that is dead. The first durable point is the
   * broker of MQTT: from there on nothing may be missing. What a foreign subscriber did not see there died on the line
   * or in the memory of the process, and is counted apart.
   */
  async function underKills(
    t: TestContext,
    fault: string,
    kills: (red: NodeRedProcess) => Promise<void>,
  ): Promise<void> {
    const kase = await FaultCase.prepare(t, servers);
    const { names } = kase;
    const line = await serialFeed(t);
    const far = await foreignSubscriber(t, servers.mosquitto.url, names.mqttTopic, ['-c', '-i', names.kafkaTopic]);
    const second = await SecondWay.prepare(t, kase);
    const first = [...serialToMqtt(line.port, names), ...mqttToKafka(names), ...kafkaToInflux(names)];
    const flows = kase.flows([...first, ...second.nodes()]);
    const red = await kase.run(flows, ['board', 'publish', 'bridge', ...SecondWay.GREEN]);
    const load = new Load(line);
    const durable = (): Set<string> =>
      new Set(readingsIn(far.payloads).map(({ source, sequence }) => identityKey(source, sequence)));
    await kase.under(load, () => kills(red), { expected: () => durable().size, ends: [...kase.ends, ...second.ends] });
    await red.stop();
    const fromLine = durable();
    const died = load.sent.size - fromLine.size;
    const note = `${died} of ${load.sent.size} on the serial line died with the process`;
    const row = { fault, note };
    report(t, ...(await rowsBehindMqtt(kase, fromLine, row)), ...(await second.rows(fromLine, row)));
  }
});
