/** What becomes of messages when a deploy, a slow flow or the death of the broker comes between. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { sleep } from '../../lib/delivery/abortable-sleep';
import { eventsOf } from '../completion/event-log';
import { freshName } from '../support/fresh-topic';
import { foreignPublish } from '../support/mosquitto-pub';
import { startReadFlow } from '../support/mqtt-read-flow';
import { NodeRedProcess } from '../support/node-red-process';
import { nodeRedVersions } from '../support/node-red-versions';
import { OPEN_TO_ALL, OwnMosquitto, SAVE_EVERY_CHANGE } from '../support/own-mosquitto';
import { seededRandom } from '../support/seeded-random';
import { publishSteadily } from '../support/steady-publisher';
import { until } from '../support/until';

const numberIn = (payload: unknown): number => (payload as { n: number }).n;
const missingOf = (count: number, seen: ReadonlySet<number>): number[] =>
  Array.from({ length: count }, (_, n) => n).filter((n) => !seen.has(n));

for (const protocolVersion of ['4', '5'] as const) {
  test(
    `no number is missing at the end of the flow while the broker is killed again and again (version ${protocolVersion})`,
    { timeout: 90_000 },
    async (t) => {
      // Its limits are the stock ones: 20 messages in flight, 1,000 waiting.
      const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, ...SAVE_EVERY_CHANGE]);
      const { url } = broker;
      const { runtime, id, topic } = await startReadFlow(t, { url, broker: { protocolVersion }, out: 'helper' });
      const random = seededRandom(Number(protocolVersion));
      const arrived = new Set<number>();
      const finished = new Set<number>();
      let deliveries = 0;
      runtime.node('out').on('input', ({ payload }, _send, done) => {
        deliveries++;
        arrived.add(numberIn(payload));
        const end = (): void => {
          finished.add(numberIn(payload));
          done();
        };
        setTimeout(end, random() * 60);
      });
      await runtime.status(id, /status\.received/);
      const count = 3_000;
      const publisher = publishSteadily(t, { url, topic, count, perS: 200 });
      for (const reached of [500, 1_200, 1_900, 2_600]) {
        await until(() => publisher.accepted.size >= reached, 60_000, `${reached} accepted`);
        await killBetweenTwoSaves(broker, () => [...publisher.accepted].every((n) => arrived.has(n)));
        await runtime.status(id, /MQTT_|common\.status\.waiting/);
        await broker.restart();
      }
      await publisher.finished;
      await until(() => finished.size === count, 20_000, 'the last number').catch(() => {});
      assert.deepEqual(missingOf(count, finished), []);
      t.diagnostic(`${deliveries - count} of ${count} came twice`);
    },
  );
}

/**
 * Mosquitto acknowledges a message before it has saved it: a kill between the two loses what its subscribers have not
 * got yet, whatever they do. So it is stopped first, with messages unacknowledged, and killed only when all that it had
 * accepted is in the flow.
 */
async function killBetweenTwoSaves(broker: OwnMosquitto, isThrough: () => boolean): Promise<void> {
  for (;;) {
    broker.signal('SIGSTOP');
    await sleep(50);
    if (isThrough()) return broker.kill();
    broker.signal('SIGCONT');
    await sleep(5);
  }
}

for (const [limits, held] of [
  [[], 20],
  [['max_inflight_messages 0'], 30],
] as const) {
  test(`a full window names who holds it, and costs nothing (${held} in flight)`, async (t) => {
    const broker = await OwnMosquitto.start(t, [...OPEN_TO_ALL, ...limits]);
    const flow = await startReadFlow(t, { url: broker.url, out: 'helper', read: { window: 30 } });
    const { runtime, id, topic } = flow;
    const holding = runtime.holdAll('out');
    await runtime.status(id, /status\.received/);
    await foreignPublish(
      broker.url,
      topic,
      Array.from({ length: 100 }, (_, n) => `{"n": ${n}.0}`),
    );
    const { fill } = await runtime.status(id, /status\.held/);
    assert.equal(fill, 'blue');
    await until(() => holding.length === held, 5_000, `${held} messages`);
    let ended = 0;
    for (; ended < 5; ended++) holding[ended]!.done();
    // Mosquitto's own limit holds for the first ones only: it answers an acknowledgement with more than one.
    await until(() => holding.length >= held + 5, 5_000, 'five more');
    assert.ok(holding.length - ended <= 30, `${holding.length - ended} held`);
    const began = performance.now();
    await runtime.unload();
    assert.ok(performance.now() - began < 5_000);
    await flow.again({ out: 'recorder' });
    await until(() => runtime.recorded('out').length === 95, 10_000, 'all that was not finished');
    assert.deepEqual(
      runtime.recorded('out').map(({ payload }) => numberIn(payload)),
      Array.from({ length: 95 }, (_, n) => n + 5),
    );
  });
}

type FlowNode = Record<string, unknown> & { readonly id: string };

/** What a debug node needs to print whether a message is marked as a repeat. */
const SHOW_DUPLICATE = {
  ...{ active: true, tosidebar: false, console: true, tostatus: false, complete: 'duplicate', targetType: 'msg' },
};

/** A read node before a sink that takes its time, and longer to close. */
const flowWith = (url: string, topics: string, sink: Record<string, unknown>): FlowNode[] => [
  { id: 't', type: 'tab', label: 't' },
  { id: 'b', type: 'mqtt-twin-broker', host: new URL(url).hostname, port: new URL(url).port },
  { id: 'r', type: 'mqtt-twin-read', z: 't', x: 1, y: 1, broker: 'b', topics, wires: [['k']] },
  { id: 'k', type: 'slow-sink', z: 't', x: 1, y: 1, name: 'k', wires: [], ...sink },
];

async function startNodeRed(t: TestContext, nodeRed: string, node: string, flows: FlowNode[]): Promise<NodeRedProcess> {
  const red = await NodeRedProcess.start({ nodeRed, node, nodesDir: join(__dirname, '../completion/nodes'), flows });
  t.after(() => red.stop());
  return red;
}

async function deploy(red: NodeRedProcess, flows: FlowNode[], type: string): Promise<void> {
  const starts = (): number => [...red.log().matchAll(/Started (modified )?(nodes|flows)/g)].length;
  const before = starts();
  const headers = { 'content-type': 'application/json', 'Node-RED-Deployment-Type': type };
  const answer = await fetch(`${red.url}/flows`, { method: 'POST', headers, body: JSON.stringify(flows) });
  assert.equal(answer.status, 204);
  await until(() => starts() > before, 20_000, 'the new nodes');
}

for (const version of nodeRedVersions) {
  const { label, nodeRed } = version;
  test(`deploys of each kind with messages under way lose none (${label})`, { timeout: 90_000 }, async (t) => {
    const broker = await OwnMosquitto.start(t, OPEN_TO_ALL);
    const { url } = broker;
    const topic = freshName('deploy');
    const red = await startNodeRed(t, nodeRed, version.node(), flowWith(url, topic, { delay: 1, closeMs: 300 }));
    const stored = (): Set<number> => new Set(eventsOf(red).map(({ payload }) => numberIn(payload)));
    // Until it is subscribed: nobody keeps what comes before.
    const isStored = async (): Promise<boolean> => {
      await foreignPublish(url, topic, ['{"n": 0.0}']);
      return stored().has(0);
    };
    await until(isStored, 10_000, 'the first message');
    const count = 2_000;
    const publisher = publishSteadily(t, { url, topic, count, perS: 200 });
    let deploys = 0;
    for (const type of ['nodes', 'flows', 'full', 'nodes', 'nodes', 'flows', 'full']) {
      // With and without messages in the sink when it is stopped.
      const sink = { delay: deploys % 2 === 0 ? deploys : 40 + deploys, closeMs: 300 };
      deploys++;
      await deploy(red, flowWith(url, topic, sink), type);
      const before = stored().size;
      await until(
        () => stored().size > before || stored().size === count,
        10_000,
        `messages after deploy ${deploys} (${type})`,
      );
    }
    await publisher.finished;
    await until(() => stored().size === count, 20_000, 'the last number').catch(() => {});
    assert.deepEqual(missingOf(count, stored()), []);
    assert.deepEqual(red.problems(), []);
    t.diagnostic(`${eventsOf(red).length - count} of ${count} were stored twice`);
  });

  test(`a message held by a node that a deploy stops comes again (${label})`, async (t) => {
    const broker = await OwnMosquitto.start(t, OPEN_TO_ALL);
    const topic = freshName('deploy');
    // Retained, it comes with the subscription, whenever that is.
    await foreignPublish(broker.url, topic, ['{"n": 7.0}'], ['-r']);
    const flows = (delay: number): FlowNode[] => [
      ...flowWith(broker.url, topic, { delay }).map((node) =>
        node.id === 'r' ? { ...node, wires: [['k', 'd']] } : node,
      ),
      { id: 'd', type: 'debug', z: 't', x: 1, y: 1, name: 'took', ...SHOW_DUPLICATE },
    ];
    const red = await startNodeRed(t, nodeRed, version.node(), flows(600_000));
    const took = (): string[] => [...red.log().matchAll(/\[debug:took\] (\w+)/g)].map(([, duplicate]) => duplicate!);
    await until(() => took().length === 1, 10_000, 'the message');
    await deploy(red, flows(1), 'nodes');
    await until(() => eventsOf(red).length > 0, 10_000, 'the message stored');
    assert.ok(took().includes('true'), `it came marked as a repeat: ${took().join()}`);
    // The same subscription again brings what is retained once more.
    assert.ok(eventsOf(red).every(({ payload }) => numberIn(payload) === 7));
  });
}
