import { execFileSync } from 'node:child_process';
import { delimiter } from 'node:path';

/** npm as a user calls it: without what the npm that runs these tests has put into the environment and the path. */
export function npm(args: readonly string[], folder: string): string {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  const path = (env['PATH'] ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'));
  return execFileSync('npm', [...args], {
    cwd: folder,
    env: { ...env, PATH: path.join(delimiter) },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
