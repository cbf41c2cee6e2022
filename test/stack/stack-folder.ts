import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { launchStack, type StackOptions } from '../../stack/launch-stack';
import { stopLeftBehind } from '../../stack/run-file';
import type { Stack } from '../../stack/stack';

/** A data folder of this test's own; what still runs in it is stopped, then it is removed. */
export function stackFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'stack-'));
  t.after(async () => {
    await stopLeftBehind(folder, () => undefined);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Process ids of the servers recorded in a data folder. */
export function recordedPids(folder: string): number[] {
  const state = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as { servers: { pid: number }[] };
  return state.servers.map(({ pid }) => pid);
}

/** A stack that knows nothing of the servers which the test run itself uses, stopped with the test. */
export async function ownStack(
  t: TestContext,
  options: Partial<StackOptions> & Pick<StackOptions, 'servers'>,
): Promise<Stack & { lines: string[] }> {
  const lines: string[] = [];
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const stack = await launchStack({ dataDir: stackFolder(t), log: (line) => lines.push(line), env, ...options });
  t.after(() => stack.stop());
  return Object.assign(stack, { lines });
}
