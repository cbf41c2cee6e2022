import { execFile } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface MachineOptions {
  /** Folders to look for programs in, as in PATH. */
  readonly searchPath?: string;
  /** Whether this process may install packages of the system. */
  readonly isRoot?: boolean;
}

/** How `docker compose` is called here: the plugin of the Docker client, or the older program of its own. */
export type ComposeCommand = readonly [program: string, ...args: string[]];

/** What this machine can do: which programs it has, whether it may install more, whether a Docker engine runs. */
export class Machine {
  readonly isRoot: boolean;
  readonly #folders: readonly string[];

  constructor({ searchPath = defaultSearchPath(), isRoot = process.getuid?.() === 0 }: MachineOptions = {}) {
    this.isRoot = isRoot;
    this.#folders = searchPath.split(delimiter).filter(Boolean);
  }

  /** Full path of a program, or undefined. */
  find(program: string): string | undefined {
    return this.#folders.map((folder) => join(folder, program)).find(isExecutable);
  }

  /** True where missing programs can be had by `apt-get install`: Debian or a relative of it, as root. */
  get installsPackages(): boolean {
    return this.isRoot && existsSync('/etc/debian_version') && this.find('apt-get') !== undefined;
  }

  /** The compose command, where a Docker engine answers within 5 s; a client without an engine counts as nothing. */
  async compose(): Promise<ComposeCommand | undefined> {
    const docker = this.find('docker');
    if (!docker) return undefined;
    try {
      await run(docker, ['info', '--format', '{{.ServerVersion}}'], { timeout: 5_000 });
    } catch {
      return undefined;
    }
    try {
      await run(docker, ['compose', 'version'], { timeout: 5_000 });
      return [docker, 'compose'];
    } catch {
      const composeProgram = this.find('docker-compose');
      return composeProgram ? [composeProgram] : undefined;
    }
  }

  /** Main version of the Java found, 0 without one. */
  async javaVersion(): Promise<number> {
    const java = this.find('java');
    if (!java) return 0;
    try {
      const { stderr } = await run(java, ['-version'], { timeout: 10_000 });
      return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
    } catch {
      return 0;
    }
  }
}

/** Debian keeps servers in sbin, which the PATH of an ordinary user leaves out. */
function defaultSearchPath(): string {
  return [process.env['PATH'] ?? '', '/usr/local/sbin', '/usr/sbin', '/sbin'].join(delimiter);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
