import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from './own-mosquitto';
import { endWithTest } from './server-of-test';

/** The administrator of a server started with `auth`. */
export const ADMIN = { name: 'admin', password: 'adminpass' };

/** An InfluxDB 1.x that belongs to one test, which may kill it and start it again on the same port and data. */
export class OwnInfluxd {
  readonly folder = mkdtempSync(join(tmpdir(), 'own-influxd-'));
  readonly port: number;
  #process: ChildProcess | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(t: TestContext, { auth = false } = {}): Promise<OwnInfluxd> {
    const server = await OwnInfluxd.prepare(t, { auth });
    await server.restart();
    if (auth) {
      const q = `CREATE USER ${ADMIN.name} WITH PASSWORD '${ADMIN.password}' WITH ALL PRIVILEGES`;
      await fetch(`${server.url}/query`, { method: 'POST', body: new URLSearchParams({ q }) });
    }
    return server;
  }

  /** Takes a port and writes the configuration, but does not start it yet. */
  static async prepare(t: TestContext, { auth = false } = {}): Promise<OwnInfluxd> {
    const server = new OwnInfluxd(await freePort());
    t.after(async () => {
      await server.kill();
      rmSync(server.folder, { recursive: true, force: true });
    });
    const path = (name: string): string => JSON.stringify(join(server.folder, name));
    const lines = [
      'reporting-disabled = true',
      `bind-address = "127.0.0.1:${await freePort()}"`,
      '[meta]',
      `  dir = ${path('meta')}`,
      '[data]',
      `  dir = ${path('data')}`,
      `  wal-dir = ${path('wal')}`,
      '  query-log-enabled = false',
      '[http]',
      `  bind-address = "127.0.0.1:${server.port}"`,
      '  log-enabled = false',
      `  auth-enabled = ${auth}`,
    ];
    writeFileSync(join(server.folder, 'influxdb.conf'), lines.join('\n'));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it, and resolves once it answers. */
  async restart(): Promise<void> {
    const child = spawn('influxd', ['-config', join(this.folder, 'influxdb.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
    this.#process = child;
    endWithTest(child);
    const ended = once(child, 'exit').then(() => {
      throw new Error(`influxd ended at its start: ${said}`);
    });
    await Promise.race([this.#answering(child), ended]);
    ended.catch(() => {});
  }

  /** kill -9: what it acknowledged must be found again. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  async #answering(child: ChildProcess): Promise<void> {
    while (child.exitCode === null && child.signalCode === null) {
      const answer = await fetch(`${this.url}/ping`).catch(() => undefined);
      if (answer?.status === 204) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
