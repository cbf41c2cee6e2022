import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { type NodeDefinition, holds } from '../../nodes/common/definition';
import { NodeRedProcess } from '../../test/support/node-red-process';
import type { NodeRedVersion } from '../../test/support/node-red-versions';
import { launchStack } from '../../stack/launch-stack';
import type { Stack } from '../../stack/stack';
import { kafkaBrokers, influxUrl } from '../../test/support/servers';
import { until } from '../../test/support/until';
import { Editor, launchBrowser } from './editor';
import { pack } from './pack';

const root = resolve(__dirname, '../..');
const shots = join(root, 'shots');
const { name: moduleName, 'node-red': manifest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string;
  'node-red': { nodes: Record<string, string> };
};
const definitions = Object.keys(manifest.nodes).map(
  (type) => (require(join(root, 'nodes', type, 'options')) as { definition: NodeDefinition }).definition,
);
const nodes = definitions.filter(({ role }) => role === 'node');
const definitionOf = (type: string): NodeDefinition | undefined => definitions.find((one) => one.type === type);
const flows = readdirSync(join(root, 'flows')).map((file) => file.replace(/\.json$/, ''));

/** The label of the tab that a flow brings. */
const labelOf = (flow: string): string =>
  (JSON.parse(readFileSync(join(root, 'flows', `${flow}.json`), 'utf8')) as { type: string; label?: string }[]).find(
    ({ type }) => type === 'tab',
  )?.label ?? '';

/** The flows have one client identifier and read one board: what two Node-REDs at once cannot share. */
async function ownServers(): Promise<Stack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'editor-'));
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const stack = await launchStack({ servers: ['mqtt', 'board'], dataDir, log: () => undefined, env });
  assert.deepEqual(stack.missing, []);
  stack.board?.simulated?.on();
  return stack;
}

/** What the shipped flows expect in the environment. */
function environment({ mqtt, board }: Stack): Record<string, string> {
  const { hostname, port } = new URL(mqtt?.url ?? '');
  return {
    MQTT_HOST: hostname,
    MQTT_PORT: port,
    KAFKA_BROKERS: kafkaBrokers().join(','),
    INFLUX_URL: influxUrl(),
    INFLUX_VERSION: process.env['INFLUX_VERSION'] ?? '1',
    INFLUX_DATABASE: process.env['INFLUX_DATABASE'] ?? 'Sensor_Data',
    BOARD_PORT: board?.port ?? '',
  };
}

/** Nodes as an older version saved them, with hardly an option. */
function flowFromBefore({ MQTT_HOST: host, MQTT_PORT: port }: Readonly<Record<string, string>>): object[] {
  return [
    { id: 'before', type: 'tab', label: 'from before' },
    { id: 'old-broker', type: 'mqtt-twin-broker', host, port },
    { id: 'old', type: 'mqtt-twin-write', z: 'before', x: 940, y: 100, broker: 'old-broker', topic: 'a/b', wires: [] },
  ];
}

/** Fills the form of a config node with the addresses of the servers of this run. */
async function fillConfig(
  editor: Editor,
  { type }: NodeDefinition,
  addresses: Readonly<Record<string, string>>,
): Promise<void> {
  const set = (name: string, value: string): Promise<void> => editor.configField(name).fill(value);
  const { MQTT_HOST = '', MQTT_PORT = '', KAFKA_BROKERS = '', INFLUX_URL = '' } = addresses;
  if (type === 'mqtt-twin-broker') {
    await set('host', MQTT_HOST);
    await set('port', MQTT_PORT);
  } else if (type === 'kafka-twin-cluster') await set('brokers', KAFKA_BROKERS);
  else if (type === 'influx-twin-database') {
    await set('url', INFLUX_URL);
    await editor.configField('version').selectOption('1');
    await set('database', 'Sensor_Data');
  }
  await editor.page.locator(`#twin-test-${type}`).click();
  const answer = editor.page.locator(`#twin-test-${type}-answer`);
  await answer.and(editor.page.locator('.twin-test-good, .twin-test-bad')).waitFor();
  assert.equal(await answer.getAttribute('class'), 'twin-test-good', `${type}: ${await answer.textContent()}`);
}

/** The rows that the open form shows, by option. */
async function shownRows(editor: Editor, { type, options }: NodeDefinition): Promise<string[]> {
  const rows = Object.keys(options);
  const visible = await Promise.all(
    rows.map((name) => editor.page.locator(`[data-twin-row="${type}.${name}"]`).isVisible()),
  );
  return rows.filter((_, index) => visible[index]);
}

/** The options that apply while everything has its default. */
function rowsByDefault({ options }: NodeDefinition): string[] {
  const values = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [name, 'default' in option ? option.default : '']),
  );
  const applies = (name: string): boolean =>
    holds(options[name]?.when, values) && Object.keys(options[name]?.when ?? {}).every((decider) => applies(decider));
  return Object.keys(options).filter(applies);
}

/** The tests of the editor of one Node-RED. */
export function testEditor(version: NodeRedVersion): void {
  describe(`the packed module in a browser, ${version.label}`, () => {
    let tarball: string;
    let stack: Stack;
    let addresses: Readonly<Record<string, string>>;
    let red: NodeRedProcess;
    let browser: Browser;
    let editor: Editor;
    const shot = async (name: string): Promise<void> => {
      await editor.page.screenshot({ path: join(shots, `${version.nodeRed}-${name}.png`) });
    };

    before(async () => {
      mkdirSync(shots, { recursive: true });
      tarball = pack();
      stack = await ownServers();
      addresses = environment(stack);
      const create = new URLSearchParams({ q: 'CREATE DATABASE "Sensor_Data"' });
      assert.equal((await fetch(`${influxUrl()}/query`, { method: 'POST', body: create })).status, 200);
      red = await NodeRedProcess.start({
        nodeRed: version.nodeRed,
        node: version.node(),
        tarball,
        flows: flowFromBefore(addresses),
        modules: ['@flowfuse/node-red-dashboard'],
        environment: addresses,
      });
      browser = await launchBrowser();
      editor = await Editor.open(browser, red.url);
    });
    after(async () => {
      await browser?.close();
      await red?.stop();
      await stack?.stop();
      rmSync(dirname(tarball), { recursive: true, force: true });
    });

    it('loads every node from the tarball without an error', async () => {
      const answer = await fetch(`${red.url}/nodes`, { headers: { accept: 'application/json' } });
      const sets = (await answer.json()) as { module: string; enabled: boolean; err?: string; types: string[] }[];
      const loaded = sets
        .filter((set) => set.module === moduleName && set.enabled && !set.err)
        .flatMap(({ types }) => types);
      assert.deepEqual(loaded.sort(), Object.keys(manifest.nodes).sort());
    });

    it('lists each icon once', async () => {
      const icons = (await (
        await fetch(`${red.url}/icons`, { headers: { accept: 'application/json' } })
      ).json()) as Record<string, string[]>;
      const ours = icons[moduleName] ?? [];
      assert.deepEqual([...ours].sort(), [...new Set(ours)].sort());
      for (const { type } of nodes) assert.ok(ours.includes(`${type}.svg`), type);
    });

    it('each node is dragged from the palette, its form shows what applies and is filled, and all are deployed', async () => {
      const ids: string[] = [];
      const configured = new Set<string>();
      for (const [index, definition] of nodes.entries()) {
        const id = await editor.drag(definition.type, 160 + (index % 3) * 260, 80 + Math.floor(index / 3) * 90);
        ids.push(id);
        await editor.edit(id);
        assert.deepEqual(
          (await shownRows(editor, definition)).sort(),
          rowsByDefault(definition).sort(),
          definition.type,
        );
        await editor.field('name').fill(`my ${definition.type}`);
        for (const [name, option] of Object.entries(definition.options)) {
          const config = option.kind === 'config' && option.required ? definitionOf(option.of) : undefined;
          if (!config) continue;
          if (configured.has(config.type)) await editor.chooseConfig(name);
          else await editor.addConfig(name, () => fillConfig(editor, config, addresses));
          configured.add(config.type);
        }
        if (['kafka-bridge', 'influx-twin-write', 'twin-forecast', 'kafka-latency'].includes(definition.type))
          await shot(`form-${definition.type}`);
        await editor.done();
      }
      assert.equal(await editor.deploy(), 200);
      await shot('palette');
      const saved = (await (await fetch(`${red.url}/flows`)).json()) as { id: string; name?: string }[];
      for (const [index, id] of ids.entries()) {
        assert.equal(saved.find((node) => node.id === id)?.name, `my ${nodes[index]?.type}`);
      }
    });

    it('the sidebar names each node, and says how it is', async () => {
      await editor.page.evaluate("RED.actions.invoke('digital-twin:show')");
      for (const { type } of nodes)
        await editor.page.locator('.twin-sidebar-node', { hasText: `my ${type}` }).waitFor();
      await shot('sidebar');
      assert.equal(await editor.page.locator('.twin-sidebar', { hasText: '__' }).count(), 0);
    });

    it('a node that was saved before its options existed opens with their defaults, and has nothing to complain of', async () => {
      await editor.showFlow('from before');
      await editor.edit('old');
      assert.equal(await editor.field('qos').inputValue(), '1');
      assert.equal(await editor.field('stamp').isChecked(), true);
      assert.equal(await editor.field('spoolSize').inputValue(), '256');
      await editor.done();
      assert.equal(await editor.drawn('old').locator('.red-ui-flow-node-error').isVisible(), false);
    });

    it('help shows the options of a node', async () => {
      const { type } = nodes[0]!;
      await editor.showHelp(type);
      await editor.page.locator('.red-ui-help .message-properties dt').first().waitFor();
    });

    it('deploys leave at work what has not changed, when told so', () => editor.deployModifiedNodes());

    for (const flow of flows) {
      it(`the flow ${flow} is imported and deployed`, async () => {
        await editor.importExample([moduleName, flow]);
        assert.equal(await editor.deploy(), 200);
        await editor.showFlow(labelOf(flow));
        await shot(`flow-${flow}`);
      });
    }

    it('has left no error in the browser', () => {
      assert.deepEqual(editor.problems, []);
    });

    it('has left no error in the log, and ends when it is told to', async () => {
      assert.deepEqual(red.problems(), []);
      assert.ok(red.running);
      await red.stop();
      await until(() => !red.running, 15_000, 'the end of Node-RED');
    });
  });
}
