import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, TwinError } from '../lib/reading/twin-error';
import { portTaken } from './port-book';
import { processIdentity, type ProcessIdentity } from './process-identity';
import { stopProcess } from './stop-process';

export interface ProcessOptions {
  /** Name that messages use, such as `Kafka`. */
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Receives stdout and stderr; the log of the run before is kept beside it as `.old`. */
  readonly logFile: string;
  /** Connects stdin and stdout as pipes (stderr still goes to the log). */
  readonly pipes?: boolean;
  /** Gives up waiting for it to become ready. */
  readonly signal: AbortSignal;
  readonly graceMs?: number;
}

const PORT_TAKEN = /address (is )?already in use|EADDRINUSE|BindException|port .* in use/i;
/** A server with several ports says which one it was; one with a single port may not. */
const NAMED_PORT = /127\.0\.0\.1:(\d+)[^\n]{0,40}address already in use/i;

/**
 * One server process in a process group of its own, so that Ctrl-C in the terminal leaves the order of stopping to us.
 */
export class ManagedProcess {
  readonly title: string;
  readonly logFile: string;
  readonly child: ChildProcess;
  /** Resolves when the process has ended, with its code or signal as text. */
  readonly ended: Promise<string>;
  #end: string | undefined;
  readonly #identity: ProcessIdentity | undefined;
  readonly #graceMs: number;
  readonly #signal: AbortSignal;

  constructor({ title, command, args, cwd, env, logFile, signal, pipes = false, graceMs = 15_000 }: ProcessOptions) {
    this.title = title;
    this.logFile = logFile;
    this.#graceMs = graceMs;
    this.#signal = signal;
    mkdirSync(dirname(logFile), { recursive: true });
    if (existsSync(logFile)) renameSync(logFile, `${logFile}.old`);
    const log = openSync(logFile, 'a');
    try {
      this.child = spawn(command, args, {
        cwd,
        env,
        detached: true,
        stdio: pipes ? ['pipe', 'pipe', log] : ['ignore', log, log],
      });
    } finally {
      closeSync(log);
    }
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(messageOf(error)));
      this.child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
    }).then((end) => (this.#end = end as string));
    this.#identity = this.child.pid === undefined ? undefined : processIdentity(this.child.pid);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Its standard input and output, where they are pipes. */
  get input(): Writable {
    return this.child.stdin ?? raise(`${this.title} has no pipes`);
  }

  get output(): Readable {
    return this.child.stdout ?? raise(`${this.title} has no pipes`);
  }

  get running(): boolean {
    return this.#end === undefined;
  }

  /** The last lines that the process wrote. */
  tail(lines = 12): string {
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  /**
   * Waits until `check` resolves; it is asked again while it rejects.
   * Rejects with STACK_PORT_TAKEN or STACK_ENDED when the process ends first, STACK_NOT_READY after `limitMs`.
   */
  async ready<T>(check: () => Promise<T>, port: number | undefined, limitMs = 90_000): Promise<T> {
    const end = Date.now() + limitMs;
    for (;;) {
      try {
        return await check();
      } catch (error) {
        // A process that has just ended is seen one turn later: do not ask a port that is another program's by now.
        this.#signal.throwIfAborted();
        if (!this.running) throw this.#endedEarly(port);
        if (Date.now() > end) {
          throw new TwinError(
            'STACK_NOT_READY',
            `${this.title} runs but does not answer after ${limitMs / 1000} s: ${messageOf(error)}; its log: ${this.logFile}`,
            { cause: error },
          );
        }
        await Promise.race([sleep(100), this.ended]);
      }
    }
  }

  /** Ends the process; resolves when it is gone. May be called again. */
  async stop(): Promise<void> {
    if (this.#identity) await stopProcess(this.#identity, this.#graceMs);
    await this.ended;
  }

  #endedEarly(port: number | undefined): TwinError {
    const log = this.tail();
    const text = this.tail(200);
    if (port !== undefined && PORT_TAKEN.test(text)) {
      return portTaken(this.title, Number(NAMED_PORT.exec(text)?.[1] ?? port));
    }
    return new TwinError(
      'STACK_ENDED',
      `${this.title} ended at once (${this.#end}); the end of ${this.logFile}:\n${log}`,
    );
  }
}

function raise(message: string): never {
  throw new Error(message);
}
