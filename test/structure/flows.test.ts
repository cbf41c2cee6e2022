import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, it } from 'node:test';
import type { NodeDefinition } from '../../nodes/common/definition';

interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly z?: string;
  readonly g?: string;
  readonly x?: number;
  readonly y?: number;
  readonly wires?: string[][];
  readonly [property: string]: unknown;
}

const root = resolve(__dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  'node-red': { nodes: Record<string, string> };
};
const ours = Object.keys(manifest['node-red'].nodes);
const definitionOf = (type: string): NodeDefinition =>
  (require(join(root, 'nodes', type, 'options')) as { definition: NodeDefinition }).definition;
const flows = new Map(
  readdirSync(join(root, 'flows'))
    .filter((name) => name.endsWith('.json'))
    .map((name) => [name, JSON.parse(readFileSync(join(root, 'flows', name), 'utf8')) as FlowNode[]]),
);
/** Flows that draw on a page, and so may use FlowFuse Dashboard as well. */
const onPages = new Set(['dashboard.json', 'round-trip.json']);
/** Core nodes that need nothing installed. */
const core = new Set([
  ...['tab', 'group', 'comment', 'junction', 'inject', 'debug', 'complete', 'catch', 'status', 'link in', 'link out'],
  ...['link call', 'function', 'switch', 'change', 'template', 'delay', 'trigger', 'rbe', 'range', 'split', 'join'],
  ...['sort', 'batch', 'csv', 'json', 'udp in', 'udp out', 'tcp in', 'tcp out', 'tcp request'],
]);

for (const [name, flow] of flows) {
  describe(`flows/${name}`, () => {
    it('uses core nodes and ours only', () => {
      const other = flow
        .map(({ type }) => type)
        .filter((type) => !core.has(type) && !ours.includes(type) && !(onPages.has(name) && type.startsWith('ui-')));
      assert.deepEqual(other, []);
    });

    it('has unique ids, and wires that end at its nodes', () => {
      const ids = flow.map(({ id }) => id);
      assert.equal(new Set(ids).size, ids.length);
      const loose = flow.flatMap(({ id, wires = [] }) =>
        wires
          .flat()
          .filter((to) => !ids.includes(to))
          .map((to) => `${id} -> ${to}`),
      );
      assert.deepEqual(loose, []);
    });

    it('sets only options that its nodes have, and config nodes that are there', () => {
      const ids = new Set(flow.map(({ id }) => id));
      const frame = [
        'id',
        'type',
        'z',
        'g',
        'x',
        'y',
        'wires',
        'name',
        'd',
        'l',
        'info',
        'outputs',
        'inputLabels',
        'outputLabels',
      ];
      for (const node of flow.filter(({ type }) => ours.includes(type))) {
        const { options } = definitionOf(node.type);
        const unknown = Object.keys(node).filter((key) => !frame.includes(key) && !(key in options));
        assert.deepEqual(unknown, [], node.id);
        // The editor marks a node that lacks an option as not filled in.
        const missing = Object.keys(options).filter((key) => options[key]?.kind !== 'secret' && !(key in node));
        assert.deepEqual(missing, [], node.id);
        for (const [key, option] of Object.entries(options)) {
          if (option.kind === 'config' && option.required) assert.ok(ids.has(String(node[key])), `${node.id}.${key}`);
        }
      }
    });

    it('names no host, port or secret outright', () => {
      const hosts = flow
        .filter(({ type }) => ['mqtt-twin-broker', 'kafka-twin-cluster', 'influx-twin-database'].includes(type))
        .flatMap((node) =>
          ['host', 'port', 'brokers', 'url'].map((key) => node[key]).filter((value) => value !== undefined),
        );
      assert.deepEqual(
        hosts.filter((value) => !/^\$\{\w+\}$/.test(value as string)),
        [],
      );
      assert.deepEqual(
        flow.filter((node) => 'credentials' in node).map(({ id }) => id),
        [],
      );
    });

    it('leaves room between the nodes', () => {
      const placed = flow.filter(({ x, y, type }) => x !== undefined && y !== undefined && type !== 'group');
      for (const [index, one] of placed.entries()) {
        for (const other of placed.slice(index + 1)) {
          const near = one.z === other.z && Math.abs(one.x! - other.x!) < 100 && Math.abs(one.y! - other.y!) < 35;
          assert.ok(!near, `${one.id} and ${other.id} lie upon each other`);
        }
      }
    });
  });
}

it('every node type but the config nodes is shown in a flow of its own', () => {
  const missing = ours.filter(
    (type) => definitionOf(type).role === 'node' && !flows.get(`${type}.json`)?.some((node) => node.type === type),
  );
  assert.deepEqual(missing, []);
});
