import type { Machine } from './machine';
import type { PortBook } from './port-book';
import type { RunFile } from './run-file';
import type { SimulatedBoard } from './simulated-board';

export type ServerName = 'mqtt' | 'kafka' | 'influx' | 'board' | 'node-red';

/** Where something is installed to, and who is told. */
export interface Installation {
  readonly machine: Machine;
  /** Folder of downloads, shared by all runs. */
  readonly cacheDir: string;
  readonly logDir: string;
  readonly log: (line: string) => void;
  /** Gives up what is under way. */
  readonly signal: AbortSignal;
}

/** What a server needs in order to start. */
export interface ServerContext extends Installation {
  /** Folder of this server's own data. */
  readonly folder: string;
  readonly ports: PortBook;
  readonly runFile: RunFile;
  readonly env: NodeJS.ProcessEnv;
  /** Folder of the checkout. */
  readonly packDir: string;
  /** Called when the server ends without having been asked to. */
  readonly onEnd: (title: string, how: string, logFile: string) => void;
}

/** A server that answers. */
export interface RunningServer {
  readonly name: ServerName;
  /** Address as shown to a person. */
  readonly address: string;
  /** Product and version as the server itself says them, such as `Mosquitto` or `InfluxDB 1.6.7`. */
  readonly version: string;
  /** Variables by which flows, tests and tools find it. */
  readonly env: Readonly<Record<string, string>>;
  /** The board behind the port, where it is a simulated one. */
  readonly board?: SimulatedBoard;
  /** Process of ours; absent where the server was there before or runs in a container. */
  readonly pid?: number;
  /** Idempotent; a server that we did not start is left alone. */
  stop(): Promise<void>;
}

/** A program without which a server cannot start, and the Debian package that brings it. */
export interface ProgramNeed {
  readonly program: string;
  readonly debianPackage: string;
}

export interface Unusable {
  readonly reason: string;
  readonly command: string;
}

/** How one server is found, had and started. */
export interface ServerRecipe {
  readonly name: ServerName;
  /** Product, such as `Mosquitto`. */
  readonly title: string;
  /** Started after all others, with their addresses in its environment. */
  readonly last?: boolean;
  /** Variable that gives the address of a running one. */
  readonly variable?: string;
  /** Service of the compose file, and how to reach its container. */
  readonly compose?: {
    readonly service: string;
    readonly port: number;
    /** Variable of the compose file that sets the published port. */
    readonly portVariable: string;
    /** Address and credentials of the container, by the recipe's own variables. */
    env(port: number): Record<string, string>;
  };
  /** Why what is installed here cannot serve, and the command that helps; undefined when nothing stands against it. */
  unusable?(machine: Machine): Promise<Unusable | undefined>;
  /** Programs that lack here. */
  lacking(machine: Machine, env: NodeJS.ProcessEnv, cacheDir: string): Promise<readonly ProgramNeed[]>;
  /** A download beside packages: `what` says it in words, or undefined when it is there; `fetch` gets it. */
  readonly download?: {
    what(machine: Machine, env: NodeJS.ProcessEnv, cacheDir: string): string | undefined;
    fetch(place: Installation): Promise<void>;
  };
  /** Checks a server that runs already. Rejects when it does not answer. */
  connect(env: NodeJS.ProcessEnv, context: ServerContext): Promise<RunningServer>;
  start(context: ServerContext): Promise<RunningServer>;
}
