import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installDebianPackages } from './install/debian-packages';
import { launchStack } from './launch-stack';
import { Machine } from './machine';
import { isOwned, stopLeftBehind } from './run-file';
import type { Installation, ProgramNeed } from './server-recipe';
import { stopSignal } from './stop-signal';

const PACK_DIR = resolve(__dirname, '..');
const RUNS_DIR = join(PACK_DIR, '.data', 'test');

/** Clients and tools that tests use beside the servers. */
const TEST_TOOLS: readonly ProgramNeed[] = [
  { program: 'mosquitto_pub', debianPackage: 'mosquitto-clients' },
  { program: 'socat', debianPackage: 'socat' },
  { program: 'docker-compose', debianPackage: 'docker-compose' },
];

/**
 * `npm test [-- FILES]`: starts real servers with data of their own, runs the test files against them (all without
 * names), stops the servers and throws the data away. Resolves with the exit code of the test runner.
 */
export async function test(files: readonly string[]): Promise<number> {
  const log = (line: string): void => console.log(line);
  const signal = stopSignal();
  const dataDir = join(RUNS_DIR, `${process.pid}`);
  await sweep(log);
  const place = {
    machine: new Machine(),
    cacheDir: join(PACK_DIR, '.data', 'cache'),
    logDir: join(PACK_DIR, '.data', 'logs'),
    log,
    signal,
  };
  await installTools(place);
  const stack = await launchStack({ servers: ['mqtt', 'kafka', 'influx'], dataDir, log, env: process.env, signal });
  try {
    for (const { title, reason, command } of stack.missing)
      log(`${title} is missing: ${reason}. To get it: ${command}`);
    if (stack.missing.length > 0) return 1;
    return await runTests(files.length > 0 ? files : testFiles(), { ...process.env, ...stack.env }, signal);
  } finally {
    await stack.stop();
  }
}

function runTests(files: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  return new Promise((done, fail) => {
    const args = ['--import', 'tsx', '--test', '--test-reporter=spec', ...files];
    const child = spawn(process.execPath, args, {
      cwd: PACK_DIR,
      env,
      stdio: 'inherit',
      signal,
      killSignal: 'SIGTERM',
    });
    child.once('error', (error) => (signal.aborted ? done(130) : fail(error)));
    child.once('exit', (code) => done(code ?? 1));
  });
}

/** Node.js 20 takes no patterns: every test file by its name. */
function testFiles(): string[] {
  return readdirSync(join(PACK_DIR, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join('test', file))
    .sort();
}

/** Stops and removes what earlier test runs left behind when they were killed. */
async function sweep(log: (line: string) => void): Promise<void> {
  mkdirSync(RUNS_DIR, { recursive: true });
  for (const folder of readdirSync(RUNS_DIR).map((name) => join(RUNS_DIR, name))) {
    if (isOwned(folder)) continue;
    await stopLeftBehind(folder, log);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function installTools(place: Installation): Promise<void> {
  const { machine, log } = place;
  const packages = TEST_TOOLS.filter(({ program }) => !machine.find(program)).map((need) => need.debianPackage);
  if (packages.length > 0 && machine.installsPackages) {
    log(`installing ${packages.join(', ')} by apt-get (tools of the tests)`);
    await installDebianPackages(packages, place);
  } else if (packages.length > 0) {
    log(`tools that some tests need are missing: sudo apt-get install ${packages.join(' ')}`);
  }
}
