import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Small pure JavaScript packages that go into dist/, so that users install fewer. */
const PACKAGES = ['fzstd'];
/** Our own, which are compiled beside it. */
const OURS = ['./lz4-frame', './snappy-block'];

/** Puts what lib/kafka/codecs/decompress imports into its compiled file, and the licences beside it. */
export async function bundleCodecs(root, dist) {
  const file = join(dist, 'lib/kafka/codecs/decompress.js');
  await build({
    absWorkingDir: root,
    entryPoints: [join(root, 'lib/kafka/codecs/decompress.ts')],
    outfile: file,
    bundle: true,
    external: OURS,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
  });
  writeFileSync(join(dist, 'THIRD-PARTY-NOTICES.txt'), PACKAGES.map((name) => notice(root, name)).join('\n\n'));
}

function notice(root, name) {
  const folder = join(root, 'node_modules', name);
  const { version, license, author, homepage = '' } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const text = ['LICENSE', 'LICENSE.md'].map((file) => join(folder, file)).find((path) => existsSync(path));
  const by = typeof author === 'string' ? author : (author?.name ?? '');
  const head = `${name} ${version} (${license}), ${by} ${homepage}`.trimEnd();
  return text ? `${head}\n\n${readFileSync(text, 'utf8').trim()}\n` : `${head}\n`;
}
