import type { ChildProcess } from 'node:child_process';

const running = new Set<ChildProcess>();

/** The test runner ends a file that takes too long by SIGTERM, and no server of it must outlive it. */
process.once('SIGTERM', () => {
  for (const child of running) child.kill('SIGKILL');
  process.exit(143);
});

/** Takes a server that a test has started along when the test's process is told to end. */
export function endWithTest(child: ChildProcess): void {
  running.add(child);
  child.once('exit', () => running.delete(child));
}
