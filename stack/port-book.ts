import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { TwinError } from '../lib/reading/twin-error';

/**
 * Ports of the servers, below the range (32768 and up) from which the system lends ports to outgoing connections: a
 * server that is restarted must find its own port free again.
 */
const LOWEST = 10_000;
const HIGHEST = 32_700;

/** Chooses ports on loopback and remembers them, so that addresses stay the same from start to start. */
export class PortBook {
  readonly #path: string;
  readonly #ports: Record<string, number>;
  /** Ports handed out in this run, with their use: a server that is restarted takes its own again. */
  readonly #given = new Map<number, string>();
  readonly #usual: boolean;
  readonly #random: () => number;

  /** @param usual whether servers take the ports that users expect, where these are free */
  constructor(dataDir: string, { usual = true, random = Math.random } = {}) {
    this.#path = join(dataDir, 'ports.json');
    this.#ports = readPorts(this.#path);
    this.#usual = usual;
    this.#random = random;
  }

  /**
   * A free port: the one of the last start, else the usual one, else any.
   * @param use what for, such as `kafka`
   * @param usual the port that users expect; undefined takes any
   * @param fixed a port that the user asked for: taken is then an error (STACK_PORT_TAKEN) that names it
   */
  async choose(use: string, { usual, fixed }: { usual?: number; fixed?: number }): Promise<number> {
    if (fixed !== undefined) {
      if (!(await isFree(fixed))) throw portTaken(use, fixed, true);
      return this.#take(use, fixed);
    }
    for (const port of [this.#ports[use], this.#usual ? usual : undefined]) {
      if (port !== undefined && (await this.#isOpen(port, use))) return this.#take(use, port);
    }
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const port = LOWEST + Math.floor(this.#random() * (HIGHEST - LOWEST));
      if (await this.#isOpen(port, use)) return this.#take(use, port);
    }
    throw new TwinError('STACK_NO_PORT', `no free port for ${use} between ${LOWEST} and ${HIGHEST} on 127.0.0.1`);
  }

  async #isOpen(port: number, use: string): Promise<boolean> {
    return (this.#given.get(port) ?? use) === use && (await isFree(port));
  }

  #take(use: string, port: number): number {
    this.#given.set(port, use);
    this.#ports[use] = port;
    writeFileSync(this.#path, `${JSON.stringify(this.#ports, undefined, 2)}\n`);
    return port;
  }
}

export function portTaken(use: string, port: number, fixed = false): TwinError {
  return new TwinError(
    'STACK_PORT_TAKEN',
    `port ${port} on 127.0.0.1, wanted for ${use}, is taken by another program`,
    {
      facts: { port, use, fixed },
    },
  );
}

/** Whether a server could listen on this port of loopback now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function readPorts(path: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}
