import { execFileSync } from 'node:child_process';

/** npm as a user calls it: without what the npm that runs these tests has put into the environment. */
export function npm(args: readonly string[], folder: string): string {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
  return execFileSync('npm', [...args], { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
