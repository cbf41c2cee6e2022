import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { NodeRedProcess } from '../support/node-red-process';

const built = resolve(__dirname, '../../dist/nodes');

/** The admin routes in the build, by method and path; a path made at run time has `*` for what varies. */
function routes(): { method: string; path: string }[] {
  const files = readdirSync(built, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  return files
    .map((name) => readFileSync(join(built, name), 'utf8'))
    .flatMap((text) => [...text.matchAll(/httpAdmin\.(get|post|put|delete)\(\s*[`'"]([^`'"]+)[`'"]/g)])
    .map(([, method = '', path = '']) => ({ method, path: path.replace(/\$\{[^}]*\}/g, 'mqtt-twin-broker') }));
}

test('no admin route answers somebody who has not logged in', async (t) => {
  const all = routes();
  assert.ok(all.length >= 4, `${all.length} routes found`);
  const started = await NodeRedProcess.start({ guarded: true });
  t.after(() => started.stop());
  for (const { method, path } of all) {
    const { status } = await fetch(`${started.url}${path}`, { method: method.toUpperCase() });
    assert.equal(status, 401, `${method} ${path}`);
  }
});
