import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshName } from '../support/fresh-topic';
import type { NodeRedProcess } from '../support/node-red-process';
import { seededRandom } from '../support/seeded-random';
import { deploy, type DeployKind, renamed } from './harness/deploy';
import { FaultCase } from './harness/fault-case';
import { kafkaToInflux, mqttToKafka } from './harness/fault-flow';
import { form, grouped, LIMIT_MS } from './harness/fault-form';
import { report } from './harness/fault-row';
import { startServers } from './harness/fault-servers';
import { Load } from './harness/load';
import { mosquittoFeed } from './harness/mosquitto-feed';
import { resourcesOf } from './harness/process-resources';
import { rowsBehindMqtt } from './harness/rows-behind-mqtt';
import { SecondWay } from './harness/second-way';

const KINDS: readonly DeployKind[] = ['full', 'nodes', 'flows'];
const NODES = ['bridge', 'read', 'write', ...SecondWay.NODES];
/** Node-RED itself gives up after 15 s. */
const LONGEST_S = 12;
const random = seededRandom(6);
/** Between two deploys at most: they fall into every phase of the flow's life, its beginning too. */
const GAP_MS = form.isLong ? 1_500 : 800;
/** A heap is never quite the same twice; a leak of a consumer a deploy is many times this after 30. */
const HEAP_SLACK_BYTES = 12_000_000;

test('deploys under load lose nothing, end in time and leave nothing behind', { timeout: LIMIT_MS }, async (t) => {
  const servers = await startServers(t);
  const { mosquitto, kafka, influxd } = servers;
  const ports = [mosquitto.port, kafka.port, influxd.port];

  for (const states of grouped(['up', 'down'] as const)) {
    const kafkaIs = states.join(', then ');
    await t.test(`with Kafka ${kafkaIs}`, async (t) => {
      const kase = await FaultCase.prepare(t, servers);
      const { names } = kase;
      const second = await SecondWay.prepare(t, kase);
      const flows = kase.flows([...mqttToKafka(names), ...kafkaToInflux(names), ...second.nodes()]);
      const red = await kase.run(flows, ['bridge', ...SecondWay.GREEN], { nodesDir: join(__dirname, 'nodes') });
      const load = new Load(mosquittoFeed(t, mosquitto.port, names.mqttTopic));
      const longest = new Map<DeployKind, number>();
      let before: Awaited<ReturnType<typeof resourcesOf>> | undefined;
      await kase.under(
        load,
        async () => {
          // What the first deploys load for good is no leak.
          for (const kind of KINDS) await deploys(red, kind, 1);
          await sleep(2_000);
          before = await resourcesOf(red, ports);
          for (const state of states) {
            if (state === 'down') await kafka.kill();
            for (const kind of KINDS) await deploys(red, kind, form.deploys);
            if (state === 'down') await kafka.restart();
          }
        },
        { ends: [...kase.ends, ...second.ends] },
      );
      const after = await resourcesOf(red, ports);
      t.diagnostic(JSON.stringify({ before, after }));
      await red.stop();
      const row = {
        fault: `${form.deploys} deploys of each kind, Kafka ${kafkaIs}`,
        longestDeployS: Math.max(...longest.values()),
        note: [...longest].map(([kind, seconds]) => `${kind} ${seconds.toFixed(1)} s`).join(', '),
      };
      report(t, ...(await rowsBehindMqtt(kase, load.sent, row)), ...(await second.rows(load.sent, row)));
      for (const [kind, seconds] of longest) assert.ok(seconds < LONGEST_S, `a ${kind} deploy took ${seconds} s`);
      // Requests come and go; one that each deploy of a kind leaves behind would be more than that.
      for (const port of ports)
        assert.ok(after.sockets[port]! - before!.sockets[port]! < form.deploys, `connections to port ${port}`);
      assert.ok(after.timers - before!.timers < form.deploys, 'timers');
      const grownBytes = after.heapBytes - before!.heapBytes;
      assert.ok(grownBytes < HEAP_SLACK_BYTES, `the heap grew by ${grownBytes} bytes`);

      async function deploys(red: NodeRedProcess, kind: DeployKind, times: number): Promise<void> {
        for (let n = 0; n < times; n++) {
          const seconds = await deploy(red, kind, renamed(flows, NODES, freshName()));
          longest.set(kind, Math.max(longest.get(kind) ?? 0, seconds));
          await sleep(random() * GAP_MS);
        }
      }
    });
  }
});
