// npm runs this after an install from a folder or a git URL, and before packing: dist/ is built where its tools are
// there.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
if (existsSync(join(root, 'node_modules/@typescript/native'))) await import('./build.mjs');
