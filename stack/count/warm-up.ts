import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../lib/reading/twin-error';
import { stageCounts } from './live-line';
import type { PipelineCount } from './pipeline-count';

export interface WaitOptions {
  /** Epoch ms at which waiting ends. */
  readonly endMs: number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

const POLL_MS = 500;
const SAY_EVERY_MS = 10_000;
/** The line is at rest when nothing has moved for so long. */
const QUIET_MS = 3_000;

/**
 * Lets the board write until every stage has seen a reading, then brings the line to rest and begins the count: a
 * subscriber that has never been connected is owed nothing, and no reading is under way when the count begins.
 * False when not every stage saw one in time.
 */
export async function warmUp(count: PipelineCount, options: WaitOptions): Promise<boolean> {
  options.log('warm-up: until every stage has seen a reading');
  count.board?.on();
  const working = await waitUntil(count, 'warm-up', () => count.stages.every((stage) => stage.seen > 0), options);
  count.board?.off();
  if (!working) return false;
  // A real board cannot be silenced: its readings under way make the first counts differ by a few.
  if (count.board) await waitUntil(count, 'standstill', atRest(count, QUIET_MS), options);
  count.begin();
  return true;
}

/** Asks the servers until `done`, with a line now and then; false when it ended at `endMs`. Rejects when aborted. */
export async function waitUntil(
  count: PipelineCount,
  what: string,
  done: () => boolean,
  { endMs, log, signal }: WaitOptions,
): Promise<boolean> {
  let sayAt = Date.now() + SAY_EVERY_MS;
  for (;;) {
    const problem = await count.refresh().then(
      () => '',
      (error: unknown) => messageOf(error),
    );
    if (!problem && done()) return true;
    if (Date.now() >= endMs) return false;
    if (Date.now() >= sayAt) {
      log(`  ${what}: ${stageCounts(count)}${problem && ` | ${problem}`}`);
      sayAt += SAY_EVERY_MS;
    }
    await sleep(POLL_MS, undefined, { signal });
  }
}

/** Tells, asked again and again, whether no count has moved for so long. */
export function atRest(count: PipelineCount, forMs: number): () => boolean {
  let last = '';
  let sinceMs = 0;
  return () => {
    const now = count.stages.map((stage) => `${stage.seen} ${stage.pending}`).join();
    if (now !== last) sinceMs = Date.now();
    last = now;
    return Date.now() - sinceMs >= forMs;
  };
}
