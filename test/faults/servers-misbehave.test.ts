import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { ADMIN } from '../support/own-influxd';
import { countArrivals } from './harness/arrivals';
import { readingsIn, readOut } from './harness/far-ends';
import { FaultCase } from './harness/fault-case';
import { kafkaToInflux, mqttToKafka, serialToMqtt } from './harness/fault-flow';
import { form, grouped, LIMIT_MS } from './harness/fault-form';
import { report } from './harness/fault-row';
import { standstill } from './harness/fault-servers';
import { type GuardedServer, startGuardedServers } from './harness/guarded-servers';
import { Load } from './harness/load';
import { rowsBehindMqtt } from './harness/rows-behind-mqtt';
import { serialFeed } from './harness/serial-feed';

interface Misbehaviour {
  readonly title: string;
  readonly by: (server: GuardedServer) => Promise<void>;
}

const MISBEHAVIOURS: readonly Misbehaviour[] = [
  { title: `hangs ${form.hangS} s`, by: ({ server }) => standstill(server, form.hangS) },
  {
    title: `answers garbage ${form.badLineS} s`,
    by: async ({ relay }) => {
      relay.mode = { kind: 'garbage' };
      await sleep(form.badLineS * 1000);
      relay.mode = { kind: 'pass' };
    },
  },
  {
    title: `answers 2 s late, ${form.badLineS} s`,
    by: async ({ relay }) => {
      relay.mode = { kind: 'delay', ms: 2_000 };
      await sleep(form.badLineS * 1000);
      relay.mode = { kind: 'pass' };
    },
  },
  {
    title: `refuses the credential ${form.badLineS} s`,
    by: async ({ refuse, accept }) => {
      await refuse();
      await sleep(form.badLineS * 1000);
      await accept();
    },
  },
];

test('a server that misbehaves costs nothing, and nothing hangs after it', { timeout: LIMIT_MS }, async (t) => {
  const { servers, guarded, addresses, credentials } = await startGuardedServers(t);
  const { mosquitto } = servers;
  for (const { title, by } of MISBEHAVIOURS) {
    for (const group of grouped(guarded)) {
      const who = group.map((server) => server.title).join(', then ');
      await t.test(`${who} ${title}`, (t) => misbehaving(t, `${who} ${title}`, group, by));
    }
  }

  async function misbehaving(
    t: TestContext,
    fault: string,
    group: readonly GuardedServer[],
    by: Misbehaviour['by'],
  ): Promise<void> {
    const kase = await FaultCase.prepare(t, servers, ADMIN);
    const { names } = kase;
    const line = await serialFeed(t);
    const far = await foreignSubscriber(t, mosquitto.url, names.mqttTopic, ['-c', '-i', names.kafkaTopic]);
    const nodes = [...serialToMqtt(line.port, names), ...mqttToKafka(names), ...kafkaToInflux(names)];
    const flows = kase
      .flows(nodes, addresses)
      .map((node) => (node.id === 'cluster' ? { ...node, sasl: 'scram-sha-256' } : node));
    const red = await kase.run(flows, ['board', 'publish', 'bridge'], { credentials });
    const load = new Load(line);
    await kase.under(load, async () => {
      for (const server of group) await by(server);
    });
    await readOut(far, load.sent);
    await red.stop();
    const arrivals = countArrivals(load.sent, readingsIn(far.payloads));
    const first = { fault, flow: 'serial > MQTT', arrivals, onceOnly: false };
    report(t, first, ...(await rowsBehindMqtt(kase, load.sent, { fault }, 'serial > MQTT')));
  }
});
