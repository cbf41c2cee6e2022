import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { TwinError } from '../../lib/reading/twin-error';

export interface ProgressOptions {
  /** What is happening, in words a user reads: `apt-get installs mosquitto`. */
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly logFile: string;
  readonly log: (line: string) => void;
  /** Ends the installer. */
  readonly signal: AbortSignal;
  readonly everyMs?: number;
  readonly limitMs?: number;
}

/**
 * Runs an installer to its end, with a line now and then that says what it is at. All that it prints goes to `logFile`.
 * Rejects with STACK_INSTALL, the end of its output in the message, when it fails or is not done after `limitMs`.
 */
export function runWithProgress(options: ProgressOptions): Promise<void> {
  const { what, command, args, env, cwd, logFile, log, signal, everyMs = 10_000, limitMs = 900_000 } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const output = createWriteStream(logFile);
  const begin = Date.now();
  const seconds = (): number => Math.round((Date.now() - begin) / 1000);
  let last = '';
  let tail = '';
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    const killed = setTimeout(() => child.kill('SIGKILL'), limitMs);
    const progress = setInterval(() => log(`  ${what}: ${seconds()} s${last ? `, ${last}` : ''}`), everyMs);
    const fail = (reason: string): void =>
      reject(
        new TwinError('STACK_INSTALL', `${what}: ${reason} after ${seconds()} s (log: ${logFile})\n${tail.trim()}`),
      );
    const read = (chunk: Buffer): void => {
      output.write(chunk);
      tail = (tail + chunk.toString()).slice(-1_500);
      last =
        tail
          .trimEnd()
          .split(/[\r\n]+/)
          .at(-1)
          ?.trim()
          .slice(0, 90) ?? last;
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', (error) => fail(error.message));
    child.once('close', (code, signal) => {
      clearTimeout(killed);
      clearInterval(progress);
      output.end();
      if (code === 0) resolve();
      else fail(`failed (${signal ?? `code ${code}`})`);
    });
  });
}
