import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { TwinError } from '../lib/reading/twin-error';
import { checkPipeline, type CheckResult } from './count/check-pipeline';
import { LiveLine } from './count/live-line';
import { PipelineCount } from './count/pipeline-count';
import { warmUp } from './count/warm-up';
import { launchStack } from './launch-stack';
import { isOwned, stopLeftBehind } from './run-file';
import { START_HELP, startOptions, type StartOptions } from './start-options';
import { stopSignal } from './stop-signal';
import type { Stack } from './stack';

const DATA_DIR = resolve(__dirname, '..', '.data', 'run');
const SERVERS = ['mqtt', 'kafka', 'influx', 'board', 'node-red'] as const;

const log = (line: string): void => console.log(line);

/**
 * `npm start`: brings the whole pipeline up and shows its counts until Ctrl-C, or checks it (`--check`).
 * Resolves with the exit code: 0 (Ctrl-C is how a run that shows its counts ends), 1 for a check that failed, 128 + n
 * for a check or a start that a signal broke off.
 */
export async function start(args: readonly string[]): Promise<number> {
  const options = startOptions(args);
  if (options.help) {
    log(START_HELP);
    return 0;
  }
  const signal = stopSignal();
  try {
    const dataDir = resolve(options.data ?? DATA_DIR);
    if (options.fresh) await forget(dataDir);
    const stack = await launchStack({
      servers: SERVERS,
      dataDir,
      keepData: true,
      log,
      env: process.env,
      signal,
    });
    const result = await useStack(stack, options, signal);
    if (result.report) log(result.report);
    return result.passed ? 0 : 1;
  } catch (error) {
    if (signal.aborted) return signal.reason as number;
    throw error;
  }
}

async function useStack(stack: Stack, options: StartOptions, signal: AbortSignal): Promise<CheckResult> {
  try {
    showAddresses(stack);
    return await (options.check ? check(stack, options, signal) : live(stack, signal));
  } finally {
    log('stopping the servers');
    await stack.stop();
  }
}

async function check(stack: Stack, { readings, limitS }: StartOptions, signal: AbortSignal): Promise<CheckResult> {
  const names = stack.missing.map(({ title }) => title).join(', ');
  if (names) return { passed: false, report: `FAILED: without ${names} there is no whole pipeline to check` };
  const count = await PipelineCount.open(stack, process.env, signal);
  try {
    return await checkPipeline(count, { readings, limitS, log, signal });
  } finally {
    await count.close();
  }
}

/** Shows the counts until the user stops it. */
async function live(stack: Stack, signal: AbortSignal): Promise<CheckResult> {
  const count = await PipelineCount.open(stack, process.env, signal);
  let line: LiveLine | undefined;
  try {
    await warmUp(count, { endMs: Infinity, log, signal });
    count.board?.on();
    line = new LiveLine(count);
    if (!signal.aborted) await once(signal, 'abort');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    line?.close();
    await count.close();
  }
  // An error that nobody caught has the reason 1; Ctrl-C is how this ends.
  return { passed: signal.reason !== 1, report: '' };
}

function showAddresses({ nodeRed, missing }: Stack): void {
  if (nodeRed) log(`editor     ${nodeRed.url}\ndashboard  ${new URL('/dashboard', nodeRed.url).href}`);
  for (const { title, reason, command } of missing) log(`${title} is missing: ${reason}\n  to get it: ${command}`);
  log('Ctrl-C stops everything');
}

/** Removes flows and data of earlier runs. Rejects with STACK_RUNNING while one of them still runs. */
async function forget(dataDir: string): Promise<void> {
  if (isOwned(dataDir)) throw new TwinError('STACK_RUNNING', `cannot forget ${dataDir}: npm start still runs there`);
  await stopLeftBehind(dataDir, log);
  if (existsSync(dataDir)) log(`forgetting flows and data in ${dataDir}`);
  rmSync(dataDir, { recursive: true, force: true });
}
