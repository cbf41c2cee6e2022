import { TwinError } from '../../lib/reading/twin-error';
import type { ManagedProcess } from '../managed-process';
import type { RunningServer, ServerContext } from '../server-recipe';

/**
 * Ties a process to the server that it is: recorded in the run file from its first moment, stopped when it does not
 * become ready, reported when it ends unasked.
 * @param ready resolves when the server answers, with its version where it tells one
 */
export async function launched(
  context: ServerContext,
  server: ManagedProcess,
  description: RunningServer,
  ready: () => Promise<string | void>,
): Promise<RunningServer> {
  const { pid } = server;
  if (pid !== undefined) context.runFile.add(description.name, pid);
  let stopping = false;
  const stop = async (): Promise<void> => {
    stopping = true;
    await server.stop();
    if (pid !== undefined) context.runFile.delete(pid);
  };
  try {
    const version = await ready();
    void server.ended.then((how) => {
      if (stopping) return;
      if (pid !== undefined) context.runFile.delete(pid);
      context.onEnd(server.title, how, server.logFile);
    });
    return { ...description, ...(version ? { version } : {}), ...(pid === undefined ? {} : { pid }), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The port that the user asked for by a variable. Throws STACK_PORT when it is no port. */
export function fixedPort(env: NodeJS.ProcessEnv, variable: string): { fixed?: number } {
  const text = env[variable];
  if (!text) return {};
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return { fixed: port };
  throw new TwinError('STACK_PORT', `${variable} is "${text}", not a port from 1 to 65535`);
}
