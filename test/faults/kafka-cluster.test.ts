import { test, type TestContext } from 'node:test';
import { OwnKafkaCluster } from '../support/own-kafka-cluster';
import { until } from '../support/until';
import { pointsIn } from './harness/far-ends';
import { FaultCase } from './harness/fault-case';
import { kafkaToInflux, mqttToKafka } from './harness/fault-flow';
import { form, grouped, LIMIT_MS } from './harness/fault-form';
import { report } from './harness/fault-row';
import { outage, standstill, startServersWith } from './harness/fault-servers';
import { Load } from './harness/load';
import { LongestPause } from './harness/longest-pause';
import { mosquittoFeed } from './harness/mosquitto-feed';
import { rowsBehindMqtt } from './harness/rows-behind-mqtt';
import { SecondWay } from './harness/second-way';

/** Nothing may hang: so long after a fault all that was sent until then has arrived, far beyond what it should take. */
const HANG_MS = 60_000;

interface Scene {
  readonly kafka: OwnKafkaCluster;
  readonly kase: FaultCase;
  /** Resolves once all that has been sent by now has arrived, while readings go on to flow. */
  readonly goesOn: () => Promise<void>;
}

interface ClusterFault {
  readonly title: string;
  readonly by: (scene: Scene) => Promise<void>;
}

const FAULTS: readonly ClusterFault[] = [
  {
    title: 'leader killed',
    by: async ({ kafka, kase, goesOn }) => {
      await killedUntilItGoesOn(kafka, await kafka.leaderOf(kase.names.kafkaTopic), goesOn);
    },
  },
  {
    title: 'group coordinator killed',
    // The group of the flow has the name of its topic.
    by: async ({ kafka, kase, goesOn }) => {
      await killedUntilItGoesOn(kafka, await kafka.coordinatorOf(kase.names.kafkaTopic), goesOn);
    },
  },
  {
    title: 'partitions moved',
    by: async ({ kafka, kase, goesOn }) => {
      const { kafkaTopic } = kase.names;
      const leader = await kafka.leaderOf(kafkaTopic);
      const others = kafka.ids.filter((id) => id !== leader);
      await kafka.reassign(kafkaTopic, others);
      await goesOn();
      await kafka.reassign(kafkaTopic, [...others, leader]);
      await goesOn();
    },
  },
];

const LONG_FAULTS: readonly ClusterFault[] = [
  {
    title: `leader hangs ${form.hangS} s`,
    by: async ({ kafka, kase, goesOn }) => {
      const { kafkaTopic } = kase.names;
      const leader = kafka.node(await kafka.leaderOf(kafkaTopic));
      await Promise.all([standstill(leader, form.hangS), goesOn()]);
      await kafka.allInSync();
    },
  },
  {
    title: 'all restarted one by one',
    by: async ({ kafka, goesOn }) => {
      for (const id of kafka.ids) {
        await outage(kafka.node(id), 1);
        await kafka.allInSync();
      }
      await goesOn();
    },
  },
];

test('a cluster of three brokers loses one under load and goes on', { timeout: LIMIT_MS }, async (t) => {
  const servers = await startServersWith(t, OwnKafkaCluster.start(t));
  const { kafka, mosquitto } = servers;

  for (const group of grouped([...FAULTS, ...(form.isLong ? LONG_FAULTS : [])])) {
    const what = group.map(({ title }) => title).join(', then ');
    await t.test(what, (t) => underLoad(t, group, `three Kafkas: ${what}`));
  }

  async function underLoad(t: TestContext, faults: readonly ClusterFault[], fault: string): Promise<void> {
    const kase = await FaultCase.prepare(t, servers);
    const { names } = kase;
    const second = await SecondWay.prepare(t, kase);
    const ways = [...mqttToKafka(names), ...kafkaToInflux(names), ...second.nodes()];
    // The broker that dies first is the first that the nodes are told of.
    const [first = ''] = kafka.node(await kafka.leaderOf(names.kafkaTopic)).brokers;
    const brokers = [first, ...kafka.brokers.filter((broker) => broker !== first)].join(',');
    const red = await kase.run(kase.flows(ways, { brokers }), ['bridge', ...SecondWay.GREEN]);
    const load = new Load(mosquittoFeed(t, mosquitto.port, names.mqttTopic));
    const arrived = (): Promise<number> => pointsIn(kase.database);
    const goesOn = async (): Promise<void> => {
      const sent = load.sent.size;
      await until(async () => (await arrived()) >= sent, HANG_MS, `all ${sent} readings sent so far in InfluxDB`);
    };
    let longestS = 0;
    const broken = async (): Promise<void> => {
      const pause = new LongestPause(arrived);
      for (const { by } of faults) await by({ kafka, kase, goesOn });
      longestS = await pause.stop();
    };
    await kase.under(load, broken, { ends: [...kase.ends, ...second.ends] });
    await red.stop();
    const common = { fault, note: `longest pause ${longestS.toFixed(1)} s` };
    report(t, ...(await rowsBehindMqtt(kase, load.sent, common)), ...(await second.rows(load.sent, common)));
  }
});

async function killedUntilItGoesOn(kafka: OwnKafkaCluster, id: number, goesOn: () => Promise<void>): Promise<void> {
  const node = kafka.node(id);
  await node.kill();
  // The cluster notices after a moment; what is sent until then and what comes after must both get through.
  await kafka.withoutNode(id);
  await goesOn();
  await node.restart();
  await kafka.allInSync();
}
