import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { endWithTest } from './server-of-test';

/** Debian puts the broker where the path of an ordinary user does not reach. */
const PROGRAM = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto'].find((path) => existsSync(path)) ?? 'mosquitto';

const REQUIRED = [
  'listener PORT 127.0.0.1',
  // Started by root it would become another user, who may not read and write in the test's folder.
  `user ${userInfo().username}`,
  'set_tcp_nodelay true',
  'persistence true',
  'persistence_location DIR/',
];

/** Saves its state after every turn with a change: what it acknowledged survives a kill, as far as it ever does. */
export const SAVE_EVERY_CHANGE = ['autosave_interval 1', 'autosave_on_changes true'];

export const OPEN_TO_ALL = ['allow_anonymous true'];

/** No limits beyond which it would drop or hold back messages. */
export const NO_LIMITS = ['max_queued_messages 0', 'max_inflight_messages 0'];

/** A Mosquitto that belongs to one test, which may kill it and start it again on the same port and state. */
export class OwnMosquitto {
  readonly folder = mkdtempSync(join(tmpdir(), 'own-mosquitto-'));
  readonly port: number;
  #process: ChildProcess | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  /**
   * @param lines of its configuration; `DIR` and `PORT` stand for its folder and port
   * @param files to put into its folder, by name
   * @param prepare makes more files in its folder and answers more lines
   */
  static async start(
    t: TestContext,
    lines: readonly string[],
    port?: number,
    files: Readonly<Record<string, string>> = {},
    prepare: (folder: string) => readonly string[] = () => [],
  ): Promise<OwnMosquitto> {
    const broker = new OwnMosquitto(port ?? (await freePort()));
    t.after(async () => {
      await broker.kill();
      rmSync(broker.folder, { recursive: true, force: true });
    });
    for (const [name, content] of Object.entries(files)) writeFileSync(join(broker.folder, name), content);
    const text = [...REQUIRED, ...lines, ...prepare(broker.folder)].join('\n');
    writeFileSync(
      join(broker.folder, 'mosquitto.conf'),
      text.replaceAll('DIR', broker.folder).replaceAll('PORT', `${broker.port}`),
    );
    await broker.restart();
    return broker;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** Starts it, and resolves once it takes connections. */
  async restart(): Promise<void> {
    const child = spawn(PROGRAM, ['-c', join(this.folder, 'mosquitto.conf')], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    this.#process = child;
    endWithTest(child);
    const ended = once(child, 'exit').then(() => {
      throw new Error(`mosquitto ended at its start: ${said}`);
    });
    await Promise.race([listening(this.port), ended]);
    ended.catch(() => {});
  }

  /** kill -9: no good-bye to clients, nothing saved. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** An orderly end, with everything saved. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

/** Ports that this process was given: one may stay unbound for a while. */
const given = new Set<number>();
/** Test processes that run at once draw from different parts of the range, unless two fall into the same one. */
const FIRST_PORT = 20_000;
const PARTS = 40;
const PART = 300;

/** A port below the range from which the system serves outgoing connections, so that a restart finds it free. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + (process.pid % PARTS) * PART + randomInt(PART);
    if (given.has(port)) continue;
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!free) continue;
    server.close();
    await once(server, 'close');
    given.add(port);
    return port;
  }
}

async function listening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
