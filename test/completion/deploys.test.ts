import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, describe, it } from 'node:test';
import { NodeRedProcess } from '../support/node-red-process';
import { nodeRedVersions } from '../support/node-red-versions';
import { until } from '../support/until';
import { eventsOf, settledOf } from './event-log';
import type { FlowNode } from './flow-shapes';

const inject = (id: string, z: string, to: string, payload: number): FlowNode => ({
  id,
  type: 'inject',
  z,
  props: [{ p: 'payload' }],
  payload: String(payload),
  payloadType: 'num',
  wires: [[to]],
});
const source = (id: string, z: string, to: string, more: Record<string, unknown> = {}): FlowNode => ({
  id,
  type: 'tracked-source',
  z,
  name: id,
  wires: [[to]],
  ...more,
});
const sink = (id: string, z: string, delay: number): FlowNode => ({
  id,
  type: 'slow-sink',
  z,
  name: id,
  delay,
  wires: [],
});
const tab = (id: string): FlowNode => ({ id, type: 'tab', label: id });

for (const version of nodeRedVersions) {
  describe(`receipts and deploys, ${version.label}`, () => {
    const start = async (context: TestContext, flows: readonly FlowNode[]): Promise<NodeRedProcess> => {
      const red = await NodeRedProcess.start({
        nodeRed: version.nodeRed,
        node: version.node(),
        nodesDir: join(__dirname, 'nodes'),
        flows: flows.map((node) => ({ x: 100, y: 100, ...node })),
      });
      context.after(() => red.stop());
      return red;
    };
    /** Presses an inject's button; right after a full deploy its node may not be there yet. */
    const press = (red: NodeRedProcess, id: string): Promise<void> =>
      until(async () => (await fetch(`${red.url}/inject/${id}`, { method: 'POST' })).status === 200, 10_000, id);
    /** Resolves when the new nodes run; the answer of Node-RED comes before that. */
    const deploy = async (red: NodeRedProcess, flows: readonly FlowNode[], type: string): Promise<void> => {
      const starts = (): number => [...red.log().matchAll(/Started (modified )?(nodes|flows)/g)].length;
      const before = starts();
      const answer = await fetch(`${red.url}/flows`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': type },
        body: JSON.stringify(flows.map((node) => ({ x: 100, y: 100, ...node }))),
      });
      assert.equal(answer.status, 204);
      await until(() => starts() > before, 10_000, 'the new nodes');
    };
    const flow = (delay: number): FlowNode[] => [
      tab('t'),
      inject('i', 't', 'src', 1),
      source('src', 't', 'k'),
      sink('k', 't', delay),
    ];

    it('a deploy that stops the node which holds a message tells its source so, once', async (context) => {
      const red = await start(context, flow(60_000));
      await press(red, 'i');
      await deploy(red, flow(50), 'nodes');
      const [first, ...more] = await settledOf(red, 'src', 1);
      assert.deepEqual({ stopped: first?.stopped, more: more.length }, { stopped: true, more: 0 });
      await press(red, 'i');
      const [, second] = await settledOf(red, 'src', 2);
      assert.equal(second?.stopped, false);
    });

    it('a message to a node that a deploy has stopped and not yet started is not taken as finished', async (context) => {
      const [aTab, anInject, aSource, aSink] = flow(50);
      const slow = (delay: number): FlowNode[] => [aTab!, anInject!, aSource!, { ...aSink!, delay, closeMs: 2_000 }];
      const red = await start(context, slow(50));
      const deploying = deploy(red, slow(60), 'nodes');
      await until(() => red.log().includes('Stopping modified nodes'), 10_000, 'the deploy');
      await press(red, 'i');
      const [lost] = await settledOf(red, 'src', 1);
      assert.equal(lost?.stopped, true);
      await deploying;
      await press(red, 'i');
      const [, second] = await settledOf(red, 'src', 2);
      assert.equal(second?.stopped, false);
    });

    it('a wire to a disabled node ends a message as Node-RED means it', async (context) => {
      const red = await start(
        context,
        flow(50).map((node) => (node.id === 'k' ? { ...node, d: true } : node)),
      );
      await press(red, 'i');
      const [only] = await settledOf(red, 'src', 1);
      assert.equal(only?.stopped, false);
    });

    it('a deploy of another flow leaves open receipts alone', async (context) => {
      const other = (text: string): FlowNode[] => [
        tab('u'),
        { id: 'c', type: 'comment', z: 'u', name: text, wires: [] },
      ];
      const red = await start(context, [...flow(1500), ...other('before')]);
      await press(red, 'i');
      await deploy(red, [...flow(1500), ...other('after')], 'flows');
      const [only] = await settledOf(red, 'src', 1);
      assert.equal(only?.stopped, false);
      assert.equal(eventsOf(red).filter(({ kind }) => kind === 'stored').length, 1);
    });

    it('a full deploy settles nothing that no sink has stored, and the flow goes on after it', async (context) => {
      const red = await start(context, flow(60_000));
      await press(red, 'i');
      await deploy(red, flow(50), 'full');
      await press(red, 'i');
      const good = () => eventsOf(red).filter(({ kind, stopped }) => kind === 'settled' && !stopped);
      await until(() => good().length > 0, 10_000, 'a settled message');
      assert.ok(eventsOf(red).some(({ kind }) => kind === 'stored'));
      assert.equal(good().length, 1);
    });

    it('a node that never says done is let go after the hold limit, named in one warning', async (context) => {
      const red = await start(context, [
        tab('t'),
        inject('i', 't', 'src', 1),
        source('src', 't', 'mute', { holdLimitMs: 1000 }),
        { id: 'mute', type: 'silent', z: 't', name: 'my mute node', wires: [[]] },
      ]);
      await press(red, 'i');
      await press(red, 'i');
      const settled = await settledOf(red, 'src', 2);
      assert.deepEqual(
        settled.map(({ unconfirmed }) => unconfirmed),
        [1, 1],
      );
      assert.equal(red.log().split('my mute node').length - 1, 1);
    });

    it('a join that waits for more holds its messages until it has them', async (context) => {
      const join3 = {
        ...{ id: 'j', type: 'join', z: 't', mode: 'custom', build: 'array', property: 'payload', propertyType: 'msg' },
        ...{
          count: '3',
          timeout: '',
          key: 'topic',
          joiner: '\\n',
          joinerType: 'str',
          accumulate: false,
          wires: [['k']],
        },
      };
      const red = await start(context, [
        tab('t'),
        inject('i', 't', 'src', 1),
        source('src', 't', 'j'),
        join3,
        sink('k', 't', 300),
        inject('other', 't', 'src2', 1),
        source('src2', 't', 'k2'),
        sink('k2', 't', 10),
      ]);
      await press(red, 'i');
      await press(red, 'i');
      // A message on another way is through long before: the two that the join has must still be open.
      await press(red, 'other');
      await settledOf(red, 'src2', 1);
      assert.equal(eventsOf(red).filter(({ kind, name }) => kind === 'settled' && name === 'src').length, 0);
      await press(red, 'i');
      await settledOf(red, 'src', 3);
      const order = eventsOf(red);
      const stored = order.findIndex(({ kind, name }) => kind === 'stored' && name === 'k');
      assert.ok(order.every(({ kind, name }, index) => kind !== 'settled' || name !== 'src' || index > stored));
    });
  });
}
