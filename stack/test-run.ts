import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FAULT_ROWS, printFaultTable } from './fault-table';
import { installDebianPackages } from './install/debian-packages';
import { launchStack } from './launch-stack';
import { Machine } from './machine';
import { isOwned, stopLeftBehind } from './run-file';
import { NO_TESTS, runTestFiles, sumCounts, type TestCount } from './run-test-files';
import type { Installation, ProgramNeed } from './server-recipe';
import { stopSignal } from './stop-signal';
import { compileSources } from './typescript/compile-sources';

const PACK_DIR = resolve(__dirname, '..');
const RUNS_DIR = join(PACK_DIR, '.data', 'test');

/** Clients and tools that tests use beside the servers. */
const TEST_TOOLS: readonly ProgramNeed[] = [
  { program: 'mosquitto_pub', debianPackage: 'mosquitto-clients' },
  { program: 'socat', debianPackage: 'socat' },
  { program: 'docker-compose', debianPackage: 'docker-compose' },
  { program: 'chromium-headless-shell', debianPackage: 'chromium-headless-shell' },
];
/** Files at once: most wait for disks, servers and pauses about half of their time. */
const CONCURRENCY = 3;
/** Whole pipelines and launchers have the machine for themselves. */
const ALONE = /^(peers|test[\\/](pipeline|stack))[\\/]/;
/** Node-REDs in processes that share nothing, and browsers before them: one of them does not fill the machine. */
const IN_PAIRS = /^(e2e|test[\\/]completion)[\\/]/;
/**
 * Faults bring their own servers and mostly wait for them; in their long form they too have the machine to themselves.
 */
const FAULTS = /^test[\\/]faults[\\/]/;
const FAULTS_AT_ONCE = 3;
const SERVERS = ['mqtt', 'kafka', 'influx', 'board'] as const;
const FILE_LIMIT_MS = 300_000;
const FAULTS_LIMIT_MS = 600_000;
const LONG_LIMIT_MS = 3_600_000;

/**
 * `npm test [-- FILES]`: starts real servers with data of their own, runs the test files against them (all without
 * names; a folder stands for its files), stops the servers and throws the data away. Its last line counts what passed
 * and failed, below the table of the faults if these were among them. Resolves with 0 when all passed; where CI is set,
 * a test that was skipped has failed.
 */
export async function test(files: readonly string[], faultForm: 'short' | 'long' = 'short'): Promise<number> {
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
  compileSources();
  const stack = await launchStack({ servers: [...SERVERS], dataDir, log, env: process.env, signal });
  let count = NO_TESTS;
  try {
    for (const { title, reason, command } of stack.missing)
      log(`${title} is missing: ${reason}. To get it: ${command}`);
    if (stack.missing.length > 0) return 1;
    const names = files.length > 0 ? files.flatMap(testFiles) : [...testFiles('test'), ...testFiles('e2e')];
    stack.board?.simulated?.on();
    const rows = join(dataDir, FAULT_ROWS);
    const env = { ...process.env, ...stack.env, FAULTS: faultForm, FAULTS_ROWS: rows };
    const faults = names.filter((name) => FAULTS.test(name));
    const inPairs = names.filter((name) => IN_PAIRS.test(name));
    const alone = names.filter((name) => ALONE.test(name));
    const together = names.filter((name) => ![ALONE, FAULTS, IN_PAIRS].some((others) => others.test(name)));
    const isLong = faultForm === 'long';
    const groups = [
      { names: together, concurrency: CONCURRENCY, limitMs: FILE_LIMIT_MS },
      { names: faults, concurrency: isLong ? 1 : FAULTS_AT_ONCE, limitMs: isLong ? LONG_LIMIT_MS : FAULTS_LIMIT_MS },
      { names: inPairs, concurrency: 2, limitMs: FILE_LIMIT_MS },
      { names: alone, concurrency: 1, limitMs: FILE_LIMIT_MS },
    ];
    const run = { env, countFile: join(dataDir, 'count.json'), signal };
    for (const group of groups) count = sumCounts(count, await runTestFiles(group, run));
    printFaultTable(rows, log);
  } finally {
    await stack.stop();
  }
  return verdict(count, log);
}

function verdict({ passed, failed, skipped, failures }: TestCount, log: (line: string) => void): number {
  for (const failure of failures) log(`failed: ${failure}`);
  log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  return failed === 0 && passed > 0 && (skipped === 0 || !process.env['CI']) ? 0 : 1;
}

/** Node.js 20 takes no patterns: every test file by its name. */
function testFiles(name: string): string[] {
  if (name.endsWith('.ts')) return [name];
  return readdirSync(join(PACK_DIR, name), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(name, file))
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
