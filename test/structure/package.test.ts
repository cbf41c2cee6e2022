import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { it } from 'node:test';
import { npm } from '../support/npm';

interface Manifest {
  readonly name: string;
  readonly license: string;
  readonly engines: { node: string };
  readonly keywords: string[];
  readonly dependencies: Record<string, string>;
  readonly 'node-red': { version: string; nodes: Record<string, string> };
}

const root = resolve(__dirname, '../..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
const types = Object.keys(manifest['node-red'].nodes);

it('the manifest names every node folder, and only those', () => {
  const folders = readdirSync(join(root, 'nodes')).filter((name) =>
    existsSync(join(root, 'nodes', name, 'options.ts')),
  );
  assert.deepEqual([...types].sort(), folders.sort());
});

it('the manifest says what the palette asks of it', () => {
  assert.match(manifest.name, /^@[\w-]+\/node-red-/);
  assert.ok(manifest.keywords.includes('node-red'));
  assert.equal(manifest.license, 'Apache-2.0');
  assert.equal(manifest.engines.node, '>=20');
  assert.equal(manifest['node-red'].version, '>=4.1.0');
  assert.ok(Object.keys(manifest.dependencies).length <= 6);
});

it('the lock file holds no address of a registry', () => {
  assert.doesNotMatch(readFileSync(join(root, 'package-lock.json'), 'utf8'), /"resolved":/);
});

it('the package holds what Node-RED loads, and nothing of the workshop', () => {
  const answer = npm(['pack', '--dry-run', '--json', '--ignore-scripts'], root);
  const [{ files }] = JSON.parse(answer) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  for (const type of types) {
    for (const end of [
      `dist/nodes/${type}.js`,
      `dist/nodes/${type}.html`,
      `dist/nodes/locales/en-US/${type}.json`,
      `dist/nodes/locales/de/${type}.html`,
    ])
      assert.ok(paths.includes(end), end);
  }
  for (const name of readdirSync(join(root, 'icons'))) assert.ok(paths.includes(`dist/nodes/icons/${name}`), name);
  for (const name of readdirSync(join(root, 'flows'))) assert.ok(paths.includes(`examples/${name}`), name);
  for (const name of ['LICENSE', 'README.md', 'CHANGELOG.md', 'dist/THIRD-PARTY-NOTICES.txt'])
    assert.ok(paths.includes(name), name);
  assert.deepEqual(
    paths.filter((path) => /\.map$|\.test\.|^(test|lib|nodes|stack|bench|scripts|e2e|peers)\//.test(path)),
    [],
  );
});

it('every node has an icon of its own', () => {
  for (const type of types) {
    if (/-(broker|cluster|database)$/.test(type)) continue;
    assert.match(readFileSync(join(root, 'icons', `${type}.svg`), 'utf8'), /viewBox="0 0 40 60"/, type);
  }
});
