import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { javaScriptOf } from './javascript-of.cjs';

const PACK_DIR = resolve(__dirname, '..', '..');
const FOLDERS = ['lib', 'nodes', 'stack', 'test', 'e2e', 'peers'];

/** Compiles what has changed since it was compiled, by one process instead of by each of the tests that need it. */
export function compileSources(): void {
  for (const folder of FOLDERS.map((name) => join(PACK_DIR, name)))
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
      if (/(?<!\.d)\.ts$/.test(name)) javaScriptOf(join(folder, name));
}
