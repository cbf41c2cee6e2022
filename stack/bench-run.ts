import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { launchStack } from './launch-stack';
import { stopSignal } from './stop-signal';

const PACK_DIR = resolve(__dirname, '..');

/**
 * `npm run bench [-- NAME …]`: starts the servers and runs the benchmarks of bench/ one after the other (those whose
 * file begins with one of the names; all without names). Each prints its figures beside a reference in the same run.
 * Resolves with 0 when all ran.
 */
export async function bench(names: readonly string[]): Promise<number> {
  const log = (line: string): void => console.log(line);
  const signal = stopSignal();
  const files = readdirSync(join(PACK_DIR, 'bench'))
    .filter((file) => file.endsWith('.ts') && (names.length === 0 || names.some((name) => file.startsWith(name))))
    .sort();
  const dataDir = join(PACK_DIR, '.data', 'bench');
  const stack = await launchStack({ servers: ['mqtt', 'kafka', 'influx'], dataDir, log, env: process.env, signal });
  let failed = stack.missing.length;
  try {
    for (const { title, reason, command } of stack.missing)
      log(`${title} is missing: ${reason}. To get it: ${command}`);
    for (const file of files) {
      log(`\n== ${file}`);
      if ((await run(file, { ...process.env, ...stack.env }, signal)) !== 0) failed++;
    }
  } finally {
    await stack.stop();
  }
  return failed === 0 ? 0 : 1;
}

function run(file: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number | null> {
  return new Promise((done, fail) => {
    const args = ['--import', 'tsx', '--expose-gc', join('bench', file)];
    const child = spawn(process.execPath, args, { cwd: PACK_DIR, env, stdio: 'inherit', signal });
    child.once('error', (error) => (signal.aborted ? done(null) : fail(error)));
    child.once('exit', (code) => done(code));
  });
}
