import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { mergeFlows, placeFlows } from '../../stack/servers/node-red-flows';
import { ownStack, stackFolder } from './stack-folder';

interface NodeSet {
  readonly module: string;
  readonly types: string[];
  readonly enabled: boolean;
  readonly err?: string;
}

test('Node-RED runs with this pack and the dashboard, on loopback, with a secret of its own', async (t) => {
  const stack = await ownStack(t, {
    servers: ['mqtt', 'node-red'],
    env: { PATH: process.env['PATH'], NODE_RED: 'node-red' },
  });
  assert.deepEqual(stack.missing, []);
  const { url } = stack.nodeRed ?? assert.fail('no Node-RED');
  const sets = (await (
    await fetch(new URL('/nodes', url), { headers: { accept: 'application/json' } })
  ).json()) as NodeSet[];
  const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string };
  for (const module of [name, '@flowfuse/node-red-dashboard']) {
    const types = sets.filter((set) => set.module === module && set.enabled && !set.err).flatMap((set) => set.types);
    assert.ok(types.length > 0, `${module} is not loaded`);
  }
  const folder = join(stack.dataDir, 'node-red');
  assert.match(readFileSync(join(folder, 'credential-secret'), 'utf8'), /^[0-9a-f]{64}\n$/);
  assert.equal(statSync(join(folder, 'credential-secret')).mode & 0o777, 0o600);
  assert.doesNotMatch(readFileSync(join(stack.dataDir, 'logs', 'node-red.log'), 'utf8'), /\[error\] (?!\[)/);
});

test('flows find the servers by environment variables', async (t) => {
  const stack = await ownStack(t, { servers: ['mqtt', 'node-red'] });
  const flow = [
    { id: 'tab', type: 'tab' },
    { id: 'in', type: 'http in', z: 'tab', url: '/env', method: 'get', wires: [['fill']] },
    {
      id: 'fill',
      type: 'change',
      z: 'tab',
      rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 'MQTT_PORT', tot: 'env' }],
      wires: [['out']],
    },
    { id: 'out', type: 'http response', z: 'tab', wires: [] },
  ];
  const { url } = stack.nodeRed ?? assert.fail('no Node-RED');
  const deployed = await fetch(new URL('/flows', url), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(flow),
  });
  assert.equal(deployed.status, 204);
  // A deploy is answered before its nodes run.
  let answer = await fetch(new URL('/env', url));
  for (const end = Date.now() + 5_000; !answer.ok && Date.now() < end;) {
    await answer.text();
    answer = await fetch(new URL('/env', url));
  }
  assert.equal(await answer.text(), stack.env['MQTT_PORT']);
});

test('flows that share a config node become one file in which it stands once', () => {
  const broker = { id: 'broker', name: 'first' };
  const merged = mergeFlows([
    [broker, { id: 'a' }],
    [{ id: 'broker', name: 'second' }, { id: 'b' }],
  ]);
  assert.deepEqual(merged, [broker, { id: 'a' }, { id: 'b' }]);
});

/** A checkout that ships one flow. */
function checkout(t: TestContext): {
  folder: string;
  packDir: string;
  ship: (label: string) => void;
  lines: string[];
  place: () => string;
} {
  const root = stackFolder(t);
  const [folder, packDir] = [join(root, 'user'), join(root, 'pack')];
  mkdirSync(folder);
  mkdirSync(join(packDir, 'flows'), { recursive: true });
  const lines: string[] = [];
  return {
    ...{ folder, packDir, lines },
    ship: (label) =>
      writeFileSync(join(packDir, 'flows', 'reference.json'), JSON.stringify([{ id: 'tab', type: 'tab', label }])),
    place: () => {
      placeFlows(folder, packDir, (line) => lines.push(line));
      return readFileSync(join(folder, 'flows.json'), 'utf8');
    },
  };
}

test('flows that were not edited follow the ones that ship', (t) => {
  const { ship, place } = checkout(t);
  ship('one');
  assert.match(place(), /"one"/);
  ship('two');
  assert.match(place(), /"two"/);
});

test('edited flows are kept, and new shipped ones are announced', (t) => {
  const { ship, place, folder, lines } = checkout(t);
  ship('one');
  place();
  writeFileSync(join(folder, 'flows.json'), '[{"id":"mine"}]');
  assert.match(place(), /mine/);
  assert.deepEqual(lines, []);
  ship('two');
  assert.match(place(), /mine/);
  assert.match(lines.join('\n'), /flows that ship have changed; yours are kept/);
});

test('a checkout without flows starts with an empty page and says so', (t) => {
  const { place, lines, folder } = checkout(t);
  assert.equal(place(), '[]\n');
  assert.match(lines.join('\n'), /ships no flows/);
  assert.ok(existsSync(join(folder, 'flows.json')));
});
