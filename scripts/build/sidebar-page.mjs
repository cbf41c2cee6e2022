import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

/** The editor's half of the sidebar: its style and its script, as Node-RED takes them from one page. */
export async function sidebarPage(root) {
  const folder = join(root, 'nodes/sidebar');
  const { outputFiles } = await build({
    entryPoints: [join(folder, 'editor.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2020',
    charset: 'utf8',
    logLevel: 'warning',
  });
  const style = readFileSync(join(folder, 'sidebar.css'), 'utf8');
  return `<style>\n${style}</style>\n<script type="text/javascript">\n${outputFiles[0].text.trimEnd()}\n</script>\n`;
}
