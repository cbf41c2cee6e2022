import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numbered, reachesAll } from '../lib/bridge/running-bridge';
import { foreignPublish } from '../support/mosquitto-pub';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { Runtime } from '../support/runtime';
import { mqttUrl } from '../support/servers';
import { until } from '../support/until';
import { TYPES, connected, flowOf, named, toMqtt } from './bridge-flow';

test('nothing is missing after deploys under load, in either direction, and each deploy ends in time', async (t) => {
  const names = await named();
  const there = `${names.mqttTopic}/there`;
  const far = await foreignSubscriber(t, mqttUrl(), there);
  const silent = { bridgedOutput: false, rejectedOutput: false, outputs: 0, wires: [] };
  const nodes = flowOf(names, { bridge: silent });
  const [, , , up] = nodes;
  const down = { ...up!, ...toMqtt, id: `${names.id}-back`, mqttTopic: there };
  const runtime = await Runtime.start(t, TYPES, [...nodes, down]);
  await connected(runtime, names.id);
  const each = 7_000;
  const floods: Promise<void>[] = [];
  for (let deploy = 0; deploy < 3; deploy++) {
    const before = far.payloads.length;
    floods.push(foreignPublish(mqttUrl(), names.mqttTopic, numbered(deploy * each, (deploy + 1) * each)));
    await until(() => far.payloads.length > before, 30_000, 'readings at the far end');
    const begun = performance.now();
    await runtime.unload();
    assert.ok(performance.now() - begun < 12_000, `deploy ${deploy} took ${performance.now() - begun} ms`);
    await runtime.load(TYPES, [...nodes, down]);
  }
  await Promise.all(floods);
  await reachesAll(far.payloads, 3 * each);
});
