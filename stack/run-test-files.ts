import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { sendSignal, stopGroup } from './stop-process';

const PACK_DIR = resolve(__dirname, '..');
const TYPESCRIPT = join(__dirname, 'typescript', 'register.cjs');
const LOOK_MS = 500;
const END_MS = 10_000;

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
}

export const NO_TESTS: TestCount = { passed: 0, failed: 0, skipped: 0, failures: [] };

/** Files that run so many at once. */
export interface TestGroup {
  readonly names: readonly string[];
  readonly concurrency: number;
  /** The longest that one file may take, in milliseconds. */
  readonly limitMs: number;
}

export interface TestRunOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Where the runner leaves its count. */
  readonly countFile: string;
  readonly signal: AbortSignal;
  /** How long the runner may take to end once all is counted, and then to heed SIGTERM, in milliseconds (10,000). */
  readonly endMs?: number;
  /** Shows nothing of what the runner and the tests print (false). */
  readonly quiet?: boolean;
}

/**
 * Runs test files with Node's own runner. A process that outlives its test holds the runner's pipes and
 * would keep it from ending for ever: then the runner and what it left behind are ended, and the run has failed.
 */
export async function runTestFiles(
  { names, concurrency, limitMs }: TestGroup,
  { env, countFile, signal, endMs = END_MS, quiet = false }: TestRunOptions,
): Promise<TestCount> {
  if (names.length === 0) return NO_TESTS;
  rmSync(countFile, { force: true });
  const reporters = ['spec', 'stdout', join(__dirname, 'count-reporter.mjs'), countFile];
  const args = [
    ...['--require', TYPESCRIPT, '--test', `--test-concurrency=${concurrency}`, `--test-timeout=${limitMs}`],
    ...reporters.map((value, index) => `--test-reporter${index % 2 === 0 ? '' : '-destination'}=${value}`),
    ...names,
  ];
  const output = quiet ? 'ignore' : 'inherit';
  // A process group of its own holds all that its tests start and do not detach.
  const runner = spawn(process.execPath, args, {
    cwd: PACK_DIR,
    env,
    stdio: ['ignore', output, output],
    detached: true,
  });
  const counted = (): TestCount | undefined => {
    const text = existsSync(countFile) ? readFileSync(countFile, 'utf8') : '';
    return text === '' ? undefined : (JSON.parse(text) as TestCount);
  };
  const code = await endOf(runner, () => counted() !== undefined, { signal, endMs });
  const count = counted() ?? NO_TESTS;
  // A runner that ended badly without a failed test has not run them all.
  if (code === 0 || count.failed > 0) return count;
  const what = counted() ? 'a process that a test left running kept the runner from its end' : 'the test runner itself';
  return { ...count, failed: 1, failures: [what] };
}

/** The runner's exit code; null when it had to be ended. */
async function endOf(
  runner: ChildProcess,
  isCounted: () => boolean,
  { signal, endMs }: { signal: AbortSignal; endMs: number },
): Promise<number | null> {
  const ended = new Promise<number | null>((done, fail) => {
    runner.once('error', fail);
    runner.once('exit', done);
  });
  let isEnding = false;
  const end = (): void => {
    if (!isEnding && runner.pid !== undefined) sendSignal(-runner.pid, 'SIGTERM');
    isEnding = true;
  };
  signal.addEventListener('abort', end);
  process.once('exit', end);
  if (signal.aborted) end();
  let countedMs: number | undefined;
  const watch = setInterval(() => {
    if (isCounted() && Date.now() - (countedMs ??= Date.now()) > endMs) end();
  }, LOOK_MS);
  try {
    return await ended;
  } finally {
    clearInterval(watch);
    signal.removeEventListener('abort', end);
    process.removeListener('exit', end);
    // What is left belongs to no test any more; a launcher among it stops its servers first.
    if (runner.pid !== undefined) await stopGroup(runner.pid, endMs);
  }
}

export function sumCounts(one: TestCount, other: TestCount): TestCount {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    failures: [...one.failures, ...other.failures],
  };
}
