import { checkTable, lostOf, type StageResult } from './check-table';
import type { PipelineCount } from './pipeline-count';
import { atRest, waitUntil, warmUp } from './warm-up';

export interface CheckOptions {
  /** Readings that each stage must see. */
  readonly readings: number;
  /** The check fails when it is not done by then. */
  readonly limitS: number;
  /** Milliseconds without any progress after which what has not arrived counts as lost (20,000). */
  readonly giveUpMs?: number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface CheckResult {
  readonly passed: boolean;
  /** A table (stage, expected, seen, lost, duplicates) and the verdict as its last line. */
  readonly report: string;
}

/** Lets the board write so many readings after a warm-up, and holds each stage against it. */
export async function checkPipeline(count: PipelineCount, options: CheckOptions): Promise<CheckResult> {
  const { readings, limitS, giveUpMs = 20_000, log, signal } = options;
  const wait = { endMs: Date.now() + limitS * 1000, log, signal };
  const isSettled = (): boolean =>
    count.expected >= readings && count.stages.every((stage) => stage.seen >= count.expected && stage.pending <= 0);
  if (await warmUp(count, wait)) {
    log(`check: ${readings} readings through every stage`);
    count.board?.on(readings);
    const isStuck = atRest(count, giveUpMs);
    await waitUntil(count, 'check', () => isSettled() || isStuck(), wait);
    count.board?.off();
  }
  const { expected } = count;
  const results = count.stages.map(({ name, seen, duplicates }) => ({ stage: name, expected, seen, duplicates }));
  const failure = failureOf(results, expected, options);
  const repeats = results.reduce((sum, { duplicates }) => sum + duplicates, 0);
  const success = `OK: ${expected} readings through every stage, lost 0, duplicates ${repeats}`;
  return { passed: !failure, report: `${checkTable(results)}\n${failure ? `FAILED: ${failure}` : success}` };
}

function failureOf(
  results: readonly StageResult[],
  expected: number,
  { readings, limitS }: CheckOptions,
): string | undefined {
  const silent = results.filter(({ seen }) => seen === 0).map(({ stage }) => stage);
  const lost = Math.max(0, ...results.map(lostOf));
  if (results.length === 0) return 'no stage could be looked at';
  if (silent.length > 0) return `no reading in ${silent.join(', ')} within ${limitS} s`;
  if (expected < readings) return `the board wrote ${expected} of ${readings} readings`;
  return lost > 0 ? `${lost} of ${expected} readings lost` : undefined;
}
