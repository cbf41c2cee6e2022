import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { until } from '../../test/support/until';

const SCRIPTS = resolve(__dirname, '../stand-ins');
const READY_LIMIT_MS = 30_000;
const HEARD_LIMIT_MS = 60_000;

/** What a stand-in told, with the facts of its event. */
export interface Told {
  readonly event: string;
  readonly [fact: string]: unknown;
}

/** A Python process in the place of one of our nodes. It ends with the test. */
export class StandIn {
  readonly #told: Told[] = [];
  readonly #child: ChildProcess;
  readonly #script: string;
  #said = '';

  private constructor(child: ChildProcess, script: string) {
    this.#child = child;
    this.#script = script;
    createInterface(child.stdout!).on('line', (line) => this.#told.push(JSON.parse(line) as Told));
    child.stderr!.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
    child.stdin!.on('error', () => undefined); // It may have ended, which `heard` tells.
  }

  /** Starts a script of `peers/stand-ins`; resolves when it has its subscriptions. */
  static async start(t: TestContext, python: string, script: string, args: readonly string[]): Promise<StandIn> {
    const child = spawn(python, [join(SCRIPTS, script), ...args], {
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    });
    const standIn = new StandIn(child, script);
    t.after(() => standIn.kill());
    await standIn.heard('ready', 1, READY_LIMIT_MS);
    return standIn;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  all(event: string): Told[] {
    return this.#told.filter((told) => told.event === event);
  }

  /** All events of a kind, once there are `count`; fails at once when the script has ended before. */
  async heard(event: string, count: number, limitMs = HEARD_LIMIT_MS): Promise<Told[]> {
    const enough = (): boolean => {
      if (this.all(event).length >= count) return true;
      if (!this.running) throw new Error(`${this.#script} has ended: ${this.#said}`);
      return false;
    };
    await until(enough, limitMs, `${count} times "${event}" from ${this.#script}`).catch((error: Error) => {
      throw new Error(`${error.message}; there were ${this.all(event).length}. ${this.#said}`);
    });
    return this.all(event);
  }

  /** Writes JSON values to its standard input, a line each. */
  send(values: readonly string[]): void {
    for (const value of values) this.#child.stdin!.write(`${value}\n`);
  }

  /** The text of its error, once it has ended by itself. */
  async failed(): Promise<string> {
    if (this.running) await once(this.#child, 'close');
    return this.#said;
  }

  /** Ends it in order: what a consumer has handled is committed. */
  end(): Promise<void> {
    return this.#signal('SIGTERM');
  }

  kill(): Promise<void> {
    return this.#signal('SIGKILL');
  }

  async #signal(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (!this.running) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }
}
