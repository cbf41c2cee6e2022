import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { npm } from './npm';

const root = resolve(__dirname, '../..');

/** A TCP port of the loopback interface that is free now. */
export const freePort = (): Promise<number> =>
  new Promise((done, fail) => {
    const server = createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

export interface NodeRedOptions {
  /** `node-red` (4.1) or `node-red-5`. */
  readonly nodeRed?: string;
  /** The Node.js that runs it. */
  readonly node?: string;
  /** A packed tarball to install with npm; without one the checkout is linked. */
  readonly tarball?: string;
  readonly flows?: readonly object[];
  /** Credentials by node id, kept as Node-RED keeps them when encryption is off. */
  readonly credentials?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Modules of the checkout that are linked beside ours, such as the dashboard. */
  readonly modules?: readonly string[];
  /** A folder of further nodes, for a test's own. */
  readonly nodesDir?: string;
  /** Makes something in the user folder before the start. */
  readonly prepare?: (userDir: string) => void;
  /** Whether the admin interface wants to know who asks; nobody can log in. */
  readonly guarded?: boolean;
}

/** A Node-RED of its own, in a process and a user folder of its own. */
export class NodeRedProcess {
  private output = '';
  private child!: ChildProcess;

  private constructor(
    readonly url: string,
    readonly userDir: string,
    private readonly spawnChild: () => ChildProcess,
  ) {}

  static async start(options: NodeRedOptions = {}): Promise<NodeRedProcess> {
    const userDir = mkdtempSync(join(tmpdir(), 'node-red-'));
    const port = await freePort();
    writeUserDir(userDir, options);
    options.prepare?.(userDir);
    const red = join(dirname(require.resolve(`${options.nodeRed ?? 'node-red'}/package.json`)), 'red.js');
    const spawnChild = (): ChildProcess =>
      spawn(
        options.node ?? process.execPath,
        [red, '--userDir', userDir, '--settings', join(userDir, 'settings.js'), '--port', String(port)],
        { stdio: ['ignore', 'pipe', 'pipe'], cwd: userDir, env: { ...process.env, ...options.environment } },
      );
    const started = new NodeRedProcess(`http://127.0.0.1:${port}`, userDir, spawnChild);
    await started.startAgain();
    return started;
  }

  /** Starts it once more after `kill`, on the same port and user folder. Resolves when its flows run. */
  async startAgain(): Promise<void> {
    this.child = this.spawnChild();
    await this.untilFlowsRun();
  }

  /** kill -9: no good-bye to servers, nothing saved. */
  async kill(): Promise<void> {
    if (!this.running) return;
    const gone = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGKILL');
    await gone;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** All that it has printed. */
  log(): string {
    return this.output;
  }

  /** The lines of the log that tell of a failure. */
  problems(): string[] {
    return this.output.split('\n').filter((line) => /\[(error|fatal)\]|UnhandledPromise|^\s+at /.test(line));
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  async stop(): Promise<void> {
    if (this.running) {
      const gone = new Promise((done) => this.child.once('exit', done));
      this.child.kill('SIGTERM');
      const hard = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
      await gone;
      clearTimeout(hard);
    }
    rmSync(this.userDir, { recursive: true, force: true });
  }

  private untilFlowsRun(): Promise<void> {
    // Of an earlier life it has said so before.
    const from = this.output.length;
    return new Promise((ready, fail) => {
      const late = setTimeout(() => fail(new Error(`Node-RED did not start:\n${this.output}`)), 60_000);
      const read = (chunk: Buffer): void => {
        this.output += chunk.toString();
        if (!this.output.includes('Started flows', from)) return;
        clearTimeout(late);
        ready();
      };
      this.child.stdout?.on('data', read);
      this.child.stderr?.on('data', read);
      this.child.once('exit', (code) => {
        clearTimeout(late);
        fail(new Error(`Node-RED ended (${code}):\n${this.output}`));
      });
    });
  }
}

function writeUserDir(
  userDir: string,
  { tarball, flows = [], credentials = {}, modules = [], nodesDir, guarded }: NodeRedOptions,
): void {
  writeFileSync(join(userDir, 'package.json'), '{"name":"user-dir","private":true,"version":"0.0.1"}\n');
  writeFileSync(join(userDir, 'flows.json'), JSON.stringify(flows));
  writeFileSync(join(userDir, 'flows_cred.json'), JSON.stringify(credentials));
  const settings = {
    flowFile: 'flows.json',
    ...(nodesDir ? { nodesDir: [nodesDir] } : {}),
    ...(guarded ? { adminAuth: { type: 'credentials', users: [] } } : {}),
    uiHost: '127.0.0.1',
    credentialSecret: false,
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false, projects: { enabled: false } },
    externalModules: { palette: { allowInstall: false } },
    logging: { console: { level: 'info', metrics: false, audit: false } },
  };
  writeFileSync(join(userDir, 'settings.js'), `module.exports = ${JSON.stringify(settings)};\n`);
  if (tarball) {
    npm(['install', '--omit=dev', '--engine-strict', '--no-audit', '--no-fund', resolve(tarball)], userDir);
  } else {
    const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string };
    link(userDir, name, root);
  }
  for (const name of modules) link(userDir, name, join(root, 'node_modules', name));
}

function link(userDir: string, name: string, target: string): void {
  const path = join(userDir, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path, 'dir');
}
