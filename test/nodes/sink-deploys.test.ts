import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { freshName } from '../support/fresh-topic';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { NodeRedProcess, type NodeRedOptions } from '../support/node-red-process';
import { nodeRedVersions } from '../support/node-red-versions';
import { freePort, OPEN_TO_ALL, OwnMosquitto } from '../support/own-mosquitto';
import { mqttUrl } from '../support/servers';
import { until } from '../support/until';

type FlowNode = Record<string, unknown> & { readonly id: string };

/** A web hook before a sink: what comes by it cannot be asked for again. */
const flow = (url: string, topic: string, sinks: Record<string, object>): FlowNode[] => [
  { id: 'f', type: 'tab' },
  { id: 'b', type: 'mqtt-twin-broker', host: new URL(url).hostname, port: new URL(url).port },
  {
    ...{ id: 'in', type: 'http in', z: 'f', x: 1, y: 1, url: '/reading', method: 'post' },
    wires: [[...Object.keys(sinks), 'out']],
  },
  { id: 'out', type: 'http response', z: 'f', x: 1, y: 1, statusCode: '204', wires: [] },
  ...Object.entries(sinks).map(([id, more]) => ({
    ...{ id, type: 'mqtt-twin-write', z: 'f', x: 1, y: 1, broker: 'b', topic: `${topic}/${id}`, wires: [] },
    ...more,
  })),
];

async function startNodeRed(t: TestContext, flows: FlowNode[], version: NodeRedOptions = {}): Promise<NodeRedProcess> {
  const red = await NodeRedProcess.start({ flows, ...version });
  t.after(() => red.stop());
  return red;
}

async function post(url: string, body: object, headers: Record<string, string> = {}): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 204);
}

/** A deploy of modified nodes, until they run; answers how long that took, in ms. */
async function deploy(red: NodeRedProcess, flows: FlowNode[]): Promise<number> {
  const starts = (): number => [...red.log().matchAll(/Started (modified )?(nodes|flows)/g)].length;
  const before = starts();
  const begin = performance.now();
  await post(`${red.url}/flows`, flows, { 'Node-RED-Deployment-Type': 'nodes' });
  await until(() => starts() > before, 20_000, 'the new nodes');
  return performance.now() - begin;
}

const numbersOf = (payloads: readonly Buffer[]) =>
  payloads.map((bytes) => (JSON.parse(bytes.toString()) as { n: number }).n);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

/** What `GET /digital-twin/metrics` says of a node. */
async function waitingOn(red: NodeRedProcess, id: string): Promise<number | undefined> {
  const answer = await fetch(`${red.url}/digital-twin/metrics`);
  const { nodes } = (await answer.json()) as { nodes: { id: string; gauges: { spooled?: number } }[] };
  return nodes.find((node) => node.id === id)?.gauges.spooled;
}

test('a deploy of the config node alone: what waits on disk goes to the new broker, in order', async (t) => {
  const topic = freshName('deploy');
  const old = await OwnMosquitto.start(t, OPEN_TO_ALL);
  const atOld = await foreignSubscriber(t, old.url, `${topic}/w`);
  const atNew = await foreignSubscriber(t, mqttUrl(), `${topic}/w`);
  const red = await startNodeRed(t, flow(old.url, topic, { w: {} }));
  for (const n of upTo(10)) await post(`${red.url}/reading`, { n });
  await atOld.reach(10);
  await old.kill();
  for (const n of upTo(30).slice(10)) await post(`${red.url}/reading`, { n });
  await until(async () => (await waitingOn(red, 'w')) === 20, 20_000, 'twenty on disk');
  const tookMs = await deploy(red, flow(mqttUrl(), topic, { w: {} }));
  assert.ok(tookMs < 6_000, `${tookMs} ms`);
  await post(`${red.url}/reading`, { n: 30 });
  await until(async () => (await waitingOn(red, 'w')) === 0, 20_000, 'the end of the backlog');
  await atNew.reach(21);
  assert.deepEqual(numbersOf(atOld.payloads), upTo(10));
  assert.deepEqual(numbersOf(atNew.payloads), upTo(31).slice(10));
  assert.deepEqual(red.problems(), []);
});

test('a sink that is deleted with messages on disk says where they are; brought back it sends them', async (t) => {
  const topic = freshName('deploy');
  const far = await foreignSubscriber(t, mqttUrl(), `${topic}/w`);
  const away = `mqtt://127.0.0.1:${await freePort()}`;
  const red = await startNodeRed(t, flow(away, topic, { w: {} }));
  for (const n of upTo(7)) await post(`${red.url}/reading`, { n });
  await until(async () => (await waitingOn(red, 'w')) === 7, 20_000, 'seven on disk');
  const tookMs = await deploy(red, flow(away, topic, {}));
  assert.ok(tookMs < 6_000, `${tookMs} ms`);
  assert.match(red.log(), /7 messages still wait in .*digital-twin\/spool\/w/);
  await deploy(red, flow(mqttUrl(), topic, { w: {}, copy: {} }));
  await far.reach(7);
  assert.deepEqual(numbersOf(far.payloads), upTo(7));
  await until(async () => (await waitingOn(red, 'w')) === 0, 20_000, 'the end of the backlog');
});

test('a deploy that cuts messages off which nobody sends again says how many were lost', async (t) => {
  const away = `mqtt://127.0.0.1:${await freePort()}`;
  const red = await startNodeRed(t, flow(away, freshName('deploy'), { w: { spool: false } }));
  for (const n of upTo(5)) await post(`${red.url}/reading`, { n });
  await deploy(red, flow(away, freshName('deploy'), { w: { spool: false } }));
  assert.match(red.log(), /\[error\].*5 messages were lost/);
});

for (const version of nodeRedVersions) {
  const { label, nodeRed } = version;
  test(`a deploy of the sink, with readings before, during and after: all arrive, in order (${label})`, async (t) => {
    const topic = freshName('deploy');
    const far = await foreignSubscriber(t, mqttUrl(), `${topic}/w`);
    const red = await startNodeRed(t, flow(mqttUrl(), topic, { w: {} }), { nodeRed, node: version.node() });
    let n = 0;
    let on = true;
    const source = (async () => {
      while (on) await post(`${red.url}/reading`, { n: n++ });
    })();
    for (let round = 0; round < 3; round++) {
      const from = n;
      await until(() => n > from + 50, 20_000, 'some readings');
      await deploy(red, flow(mqttUrl(), topic, { w: { name: `${round}` } }));
    }
    on = false;
    await source;
    await post(`${red.url}/reading`, { n });
    await until(() => numbersOf(far.payloads).at(-1) === n, 20_000, 'the last');
    assert.deepEqual([...new Set(numbersOf(far.payloads))], upTo(n + 1));
  });
}
