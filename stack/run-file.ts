import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TwinError } from '../lib/reading/twin-error';
import { isRunning, processIdentity, type ProcessIdentity } from './process-identity';
import { stopProcess } from './stop-process';

interface RecordedServer extends ProcessIdentity {
  readonly name: string;
}

interface RunState {
  readonly launcher: ProcessIdentity;
  readonly servers: readonly RecordedServer[];
}

const FILE = 'run.json';
const STOP_GRACE_MS = 15_000;

/**
 * The launcher's memory across its own death: who runs in this data folder. One launcher at a time owns a folder; what
 * a launcher left behind when it was killed is stopped by the next one.
 */
export class RunFile {
  readonly #path: string;
  #state: RunState;

  private constructor(path: string, state: RunState) {
    this.#path = path;
    this.#state = state;
    this.#save();
  }

  /**
   * Takes the folder over. Throws STACK_RUNNING while another launcher owns it.
   * @param log told of each server that an earlier launcher left behind
   */
  static async claim(dataDir: string, log: (line: string) => void): Promise<RunFile> {
    mkdirSync(dataDir, { recursive: true });
    const self = processIdentity(process.pid);
    if (!self) throw new TwinError('STACK_PROCESS', `cannot read when process ${process.pid} started`);
    const left = readState(dataDir);
    if (left && left.launcher.pid !== self.pid && isRunning(left.launcher)) {
      throw new TwinError(
        'STACK_RUNNING',
        `already running with the data in ${dataDir} (process ${left.launcher.pid}): end that one first (Ctrl-C there, or kill ${left.launcher.pid})`,
        { facts: { pid: left.launcher.pid } },
      );
    }
    await stopLeftBehind(dataDir, log);
    return new RunFile(join(dataDir, FILE), { launcher: self, servers: [] });
  }

  /** Remembers a server that was started. */
  add(name: string, pid: number): void {
    const identity = processIdentity(pid);
    if (identity) this.#update([...this.#state.servers, { name, ...identity }]);
  }

  /** Forgets a server that has ended. */
  delete(pid: number): void {
    this.#update(this.#state.servers.filter((server) => server.pid !== pid));
  }

  /** Gives the folder up. */
  release(): void {
    rmSync(this.#path, { force: true });
  }

  #update(servers: readonly RecordedServer[]): void {
    this.#state = { ...this.#state, servers };
    if (existsSync(this.#path)) this.#save();
  }

  #save(): void {
    const next = `${this.#path}.next`;
    writeFileSync(next, `${JSON.stringify(this.#state, undefined, 2)}\n`);
    renameSync(next, this.#path);
  }
}

/** Whether a living launcher owns this folder. */
export function isOwned(dataDir: string): boolean {
  const state = readState(dataDir);
  return state !== undefined && isRunning(state.launcher);
}

/** Stops the servers that a launcher which is gone left running in this folder. */
export async function stopLeftBehind(dataDir: string, log: (line: string) => void): Promise<void> {
  const servers = readState(dataDir)?.servers.filter(isRunning) ?? [];
  for (const { name, pid } of servers) log(`stopping ${name} (process ${pid}), left behind by an earlier run`);
  await Promise.all(servers.map((server) => stopProcess(server, STOP_GRACE_MS)));
}

function readState(dataDir: string): RunState | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir, FILE), 'utf8')) as RunState;
  } catch {
    return undefined;
  }
}
