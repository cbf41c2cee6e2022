import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { TYPESCRIPT } from '../support/typescript';

const SCRIPT = join(__dirname, 'launcher-script.ts');

export interface LauncherProcess {
  readonly child: ChildProcess;
  /** What it has logged so far. */
  readonly lines: readonly string[];
  /** Resolves with the addresses of its stack once all runs. */
  readonly started: Promise<Record<string, string>>;
  readonly ended: Promise<number | null>;
}

/** A launcher in a process of its own, so that it can be killed. */
export function launcherProcess(
  t: TestContext,
  servers: string,
  dataDir: string,
  env: Record<string, string> = {},
): LauncherProcess {
  const child = spawn(process.execPath, [...TYPESCRIPT, SCRIPT, servers, dataDir], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...env },
  });
  t.after(() => child.kill('SIGKILL'));
  const lines: string[] = [];
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const started = new Promise<Record<string, string>>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.startsWith('{')) resolve(JSON.parse(line) as Record<string, string>);
      else lines.push(line);
    });
    void ended.then((code) => reject(new Error(`the launcher ended with ${code}:\n${lines.join('\n')}`)));
  });
  started.catch(() => undefined);
  return { child, lines, started, ended };
}
