import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { NodeRedProcess } from '../support/node-red-process';
import { until } from '../support/until';

/** A flow whose one reading comes at its start. */
const flow = (model: object | undefined): object[] => [
  { id: 'tab', type: 'tab', label: 'life' },
  {
    ...{ id: 'once', type: 'inject', z: 'tab', props: [{ p: 'payload' }], once: true, onceDelay: 0.1, x: 100, y: 100 },
    payload: '{"Source": "room", "Ambient Temperature": 15.5, "MQTT_Timestamp": 1700000000000}',
    ...{ payloadType: 'json', repeat: '', wires: [['model']] },
  },
  ...(model ? [{ id: 'model', type: 'twin-model', z: 'tab', x: 300, y: 100, wires: [[]], ...model }] : []),
];

async function deploy({ url }: NodeRedProcess, flows: object[]): Promise<void> {
  const answer = await fetch(`${url}/flows`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': 'nodes' },
    body: JSON.stringify(flows),
  });
  assert.equal(answer.status, 204);
}

it('a model that is switched off keeps its state, one that is deleted leaves nothing behind', async (t) => {
  const nodeRed = await NodeRedProcess.start({ flows: flow({}) });
  t.after(() => nodeRed.stop());
  const file = join(nodeRed.userDir, 'digital-twin', 'state', 'model.json');
  await until(() => existsSync(file), 10_000, 'the state');
  const kept = readFileSync(file, 'utf8');
  assert.match(kept, /"room":\{"days":38/);
  await deploy(nodeRed, flow({ d: true }));
  await deploy(nodeRed, flow({}));
  assert.equal(readFileSync(file, 'utf8'), kept);
  await deploy(nodeRed, flow(undefined));
  await until(() => !existsSync(file), 5_000, 'the end of the file');
  assert.deepEqual(nodeRed.problems(), []);
});
