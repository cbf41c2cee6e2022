import type { MissingServer } from './server-plan';
import type { RunningServer, ServerName } from './server-recipe';
import type { SimulatedBoard } from './simulated-board';

export interface StackParts {
  readonly dataDir: string;
  /** Called once, after the last server has ended. */
  readonly dispose: () => void;
}

type Begin = () => Promise<RunningServer>;

/** Stopped first to last, readers before what they read from. */
const STOP_ORDER: readonly ServerName[][] = [['node-red'], ['board', 'kafka', 'influx', 'mqtt']];

/** The servers of one run. */
export class Stack {
  readonly dataDir: string;
  /** What could not be had or did not start, each with the command that helps. */
  readonly missing: MissingServer[] = [];
  readonly #dispose: () => void;
  readonly #running = new Map<ServerName, RunningServer>();
  readonly #begins = new Map<ServerName, Begin>();
  #stopped: Promise<void> | undefined;

  constructor({ dataDir, dispose }: StackParts) {
    this.dataDir = dataDir;
    this.#dispose = dispose;
  }

  get mqtt(): { readonly url: string } | undefined {
    const server = this.server('mqtt');
    return server && { url: server.address };
  }

  get kafka(): { readonly brokers: readonly string[] } | undefined {
    const server = this.server('kafka');
    return server && { brokers: server.address.split(',') };
  }

  get influx(): { readonly url: string; readonly version: string } | undefined {
    const server = this.server('influx');
    return server && { url: server.address, version: server.version };
  }

  /** The simulated board and the path of the port that it is behind; no board where a real one is given. */
  get board(): { readonly port: string; readonly simulated?: SimulatedBoard } | undefined {
    const server = this.server('board');
    return server && { port: server.address, ...(server.board ? { simulated: server.board } : {}) };
  }

  get nodeRed(): { readonly url: string } | undefined {
    const server = this.server('node-red');
    return server && { url: server.address };
  }

  /** Variables by which flows, tests and tools find all that runs. */
  get env(): Record<string, string> {
    return Object.assign({}, ...[...this.#running.values()].map((server) => server.env)) as Record<string, string>;
  }

  server(name: ServerName): RunningServer | undefined {
    return this.#running.get(name);
  }

  /** Starts a server and remembers how, for `restart`. */
  async start(name: ServerName, begin: Begin): Promise<RunningServer> {
    this.#begins.set(name, begin);
    const server = await begin();
    this.#running.set(name, server);
    return server;
  }

  /** Stops a server that we started (or finds it dead) and starts it again, on the same port and data. */
  async restart(name: ServerName): Promise<RunningServer> {
    const begin = this.#begins.get(name);
    if (!begin) throw new Error(`${name} is no server of this stack`);
    await this.#running.get(name)?.stop();
    return this.start(name, begin);
  }

  /** Stops all that was started, readers first. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const names of STOP_ORDER) {
      const ends = await Promise.allSettled(names.flatMap((name) => this.#running.get(name)?.stop() ?? []));
      failures.push(...ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : [])));
    }
    this.#dispose();
    if (failures.length > 0) throw new AggregateError(failures, 'some servers could not be stopped');
  }
}
