import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeReport } from '../../../nodes/common/metrics/node-meter';
import { freePort, NodeRedProcess } from '../../support/node-red-process';
import { nodeRedVersions } from '../../support/node-red-versions';
import { mqttUrl } from '../../support/servers';
import { until } from '../../support/until';

const broker = (id: string, port: string | number) => ({
  ...{ id, type: 'mqtt-twin-broker', host: '127.0.0.1', port: String(port) },
});
const sink = (id: string, to: string, more = {}) => ({
  ...{ id, type: 'mqtt-twin-write', z: 'f', x: 1, y: 1, name: id, broker: to, topic: 'metrics/test', wires: [] },
  ...more,
});

for (const version of nodeRedVersions) {
  test(`${version.label}: metrics tell every node, health fails while one is not well`, async (t) => {
    const nobody = await freePort();
    const started = await NodeRedProcess.start({
      ...{ nodeRed: version.nodeRed, node: version.node() },
      flows: [
        { id: 'f', type: 'tab' },
        broker('there', new URL(mqttUrl()).port),
        broker('gone', nobody),
        sink('good', 'there'),
        sink('bad', 'gone'),
        sink('wrong', 'there', { topic: 'a/#' }),
        {
          ...{ id: 'i', type: 'inject', z: 'f', x: 1, y: 1, once: true, onceDelay: '0.1', payload: '{"a": 1}' },
          ...{ payloadType: 'json', props: [{ p: 'payload' }], wires: [['good', 'bad']] },
        },
      ],
    });
    t.after(() => started.stop());
    const get = (path: string) => fetch(`${started.url}/digital-twin/${path}`);
    const report = async (id: string): Promise<NodeReport> => {
      const { nodes } = (await (await get('metrics')).json()) as { nodes: NodeReport[] };
      return nodes.find((node) => node.id === id)!;
    };
    await until(
      async () => (await report('good')).healthy && (await report('bad')).gauges['spooled'] === 1,
      20_000,
      'both sinks',
    );

    assert.equal((await report('good')).counters.received, 1);
    const [bad, wrong] = [await report('bad'), await report('wrong')];
    assert.deepEqual([bad.healthy, bad.status.kind, bad.name, bad.tab], [false, 'waiting', 'bad', 'f']);
    assert.match(bad.lastError, /refuses the connection/);
    assert.deepEqual([wrong.healthy, wrong.status.kind], [false, 'failed']);
    const health = await get('health');
    assert.equal(health.status, 503);
    const { nodes } = (await health.json()) as { nodes: { id: string }[] };
    assert.deepEqual(nodes.map(({ id }) => id).sort(), ['bad', 'wrong']);
    const text = await (await get('metrics/prometheus')).text();
    assert.match(text, /digital_twin_spooled\{id="bad",type="mqtt-twin-write",name="bad"\} 1\n/);

    const rest = [{ id: 'f', type: 'tab' }, broker('there', new URL(mqttUrl()).port), sink('good', 'there')];
    const deployed = await fetch(`${started.url}/flows`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Node-RED-Deployment-Type': 'nodes' },
      body: JSON.stringify(rest),
    });
    assert.ok(deployed.ok);
    await until(async () => (await get('health')).status === 200, 20_000, 'a runtime that is well');
    assert.deepEqual(
      started.problems().filter((line) => !/wildcard/.test(line)),
      [],
    );
  });
}
