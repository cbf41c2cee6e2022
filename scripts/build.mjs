// Builds dist/ and examples/ from nodes/, lib/, icons/ and flows/.
//   dist/lib, dist/nodes/<type>/…    the compiled sources
//   dist/nodes/<type>.js             what Node-RED loads: one function, beside its .html, locales/ and icons/
//   dist/plugins/                    the sidebar, as Node-RED looks for it
//   examples/                        the flows, where the import dialog looks for them
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { bundleCodecs } from './build/bundled-codecs.mjs';
import { editorScript } from './build/editor-script.mjs';
import { formTemplate } from './build/form-template.mjs';
import { help } from './build/help.mjs';
import { sidebarPage } from './build/sidebar-page.mjs';
import { languages, words } from './build/words.mjs';

const root = resolve(import.meta.dirname, '..');
const at = (...parts) => join(root, ...parts);
const require = createRequire(import.meta.url);
const { nodes } = JSON.parse(readFileSync(at('package.json'), 'utf8'))['node-red'];

const started = Date.now();
// Made beside and then put in its place, so that a build that fails leaves the one before, and no reader sees half of
// one.
const next = (...parts) => at('.data', `build-${process.pid}`, ...parts);
const tsc = [at('node_modules/@typescript/native/bin/tsc'), '-p', at('tsconfig.build.json'), '--outDir', next('dist')];
execFileSync(process.execPath, tsc, { stdio: 'inherit' });
for (const [type, file] of Object.entries(nodes)) {
  if (file !== `dist/nodes/${type}.js`) throw new Error(`package.json: "${type}" should be dist/nodes/${type}.js`);
  const { definition } = require(next('dist/nodes', type, 'options.js'));
  if (definition?.type !== type) throw new Error(`nodes/${type}/options.ts: no exported definition of type ${type}`);
  writeFileSync(next('dist/nodes', `${type}.js`), `module.exports = require('./${type}/${type}.js').default;\n`);
  writeFileSync(
    next('dist/nodes', `${type}.html`),
    [await editorScript(root, definition), formTemplate(definition)].join('\n'),
  );
  for (const language of languages) {
    const catalogue = words(root, language, definition);
    const folder = next('dist/nodes/locales', language);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${type}.json`), JSON.stringify(catalogue, null, 1));
    writeFileSync(join(folder, `${type}.html`), help(root, language, definition, catalogue));
  }
}
await bundleCodecs(root, next('dist'));
// The sidebar is a plugin: Node-RED looks for its page and words beside its script.
const sidebar = 'digital-twin-sidebar';
mkdirSync(next('dist/plugins'), { recursive: true });
writeFileSync(
  next('dist/plugins', `${sidebar}.js`),
  `module.exports = require('../nodes/sidebar/${sidebar}.js').default;\n`,
);
writeFileSync(next('dist/plugins', `${sidebar}.html`), await sidebarPage(root));
cpSync(at('nodes/sidebar/locales'), next('dist/plugins/locales'), { recursive: true });
mkdirSync(next('dist/nodes/icons'), { recursive: true });
for (const icon of readdirSync(at('icons'))) cpSync(at('icons', icon), next('dist/nodes/icons', icon));
cpSync(at('flows'), next('examples'), { recursive: true });
for (const folder of ['dist', 'examples']) {
  rmSync(at(folder), { recursive: true, force: true });
  renameSync(next(folder), at(folder));
}
rmSync(next(), { recursive: true });
console.log(`built ${Object.keys(nodes).length} nodes in ${Date.now() - started} ms`);
