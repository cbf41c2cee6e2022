import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { NodeRedProcess } from '../support/node-red-process';
import { nodeRedVersions } from '../support/node-red-versions';
import { until } from '../support/until';
import { type CompletionEvent, eventsOf } from './event-log';
import { type FlowNode, type FlowShape, flowShapes } from './flow-shapes';

/** A tab for each shape: injects, the tracked source, and the shape behind it. */
function tab({ name, nodes, first, payloads }: FlowShape, index: number): FlowNode[] {
  const z = `tab${index}`;
  const source = `source${index}`;
  const injects = payloads.map((payload, number) => ({
    id: `${z}-inject${number}`,
    type: 'inject',
    z,
    once: true,
    onceDelay: 0.5 + number * 0.1,
    props: [{ p: 'payload' }],
    payload: String(payload),
    payloadType: 'num',
    wires: [[source]],
  }));
  return [
    { id: z, type: 'tab', label: name },
    ...injects,
    { id: source, type: 'tracked-source', z, name, wires: [[...first]] },
    ...nodes.map((node) => (node.type === 'subflow' || node['z'] ? node : { z, ...node })),
  ].map((node) => ({ x: 100, y: 100, ...node }));
}

for (const version of nodeRedVersions) {
  describe(`done() as the receipt, ${version.label}`, () => {
    let red: NodeRedProcess;
    let events: CompletionEvent[] = [];
    const settledOf = (name: string): CompletionEvent[] =>
      events.filter((event) => event.kind === 'settled' && event.name === name);
    before(async () => {
      red = await NodeRedProcess.start({
        nodeRed: version.nodeRed,
        node: version.node(),
        nodesDir: join(__dirname, 'nodes'),
        flows: flowShapes.flatMap(tab),
      });
      const expected = flowShapes.reduce((sum, { payloads }) => sum + payloads.length, 0);
      await until(() => eventsOf(red).filter(({ kind }) => kind === 'settled').length >= expected, 30_000).catch(
        () => undefined,
      );
      events = eventsOf(red);
    });
    after(() => red.stop());

    flowShapes.forEach((shape, index) => {
      it(`${shape.name}: settles each message once, and after its slowest sink`, () => {
        const settled = settledOf(shape.name);
        assert.equal(settled.length, shape.payloads.length, 'messages settled');
        assert.equal(
          settled.reduce((sum, { failed = 0 }) => sum + failed, 0),
          shape.failed,
          'ended with an error',
        );
        assert.ok(settled.every(({ stopped }) => !stopped));
        const own = events.filter(({ kind, name }) => kind === 'stored' && name.startsWith(`s${index}-`));
        assert.equal(own.length, shape.stored, 'stored by its sinks');
        const last = settled.at(-1);
        assert.ok(
          own.every((event) => events.indexOf(event) < events.indexOf(last!)),
          'settled before a sink had stored',
        );
      });
    });
  });
}
