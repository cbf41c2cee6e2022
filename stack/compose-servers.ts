import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { composeSettings } from './compose-secrets';
import { runWithProgress } from './install/run-with-progress';
import type { ComposeCommand } from './machine';
import { fixedPort } from './servers/launched';
import type { RunningServer, ServerContext, ServerRecipe } from './server-recipe';

/**
 * Starts the container of one server from the compose file (Node-RED and the board run outside it), waits until it
 * answers by its own protocol, and stops it in the end; its volume stays.
 */
export async function startContainer(
  recipe: ServerRecipe,
  compose: NonNullable<ServerRecipe['compose']>,
  [program, ...args]: ComposeCommand,
  context: ServerContext,
): Promise<RunningServer> {
  const folder = join(context.packDir, 'stack', 'compose');
  const port = await context.ports.choose(compose.service, {
    usual: compose.port,
    ...fixedPort(context.env, compose.portVariable),
  });
  const settings = composeSettings(folder);
  const run = (what: string, signal: AbortSignal, ...more: string[]): Promise<void> =>
    runWithProgress({
      what,
      command: program,
      args: [...args, '-f', join(folder, 'compose.yaml'), ...more],
      cwd: folder,
      env: { ...context.env, ...settings, [compose.portVariable]: String(port) },
      logFile: join(context.logDir, `compose-${compose.service}.log`),
      log: context.log,
      signal,
    });
  await run(`container ${compose.service}`, context.signal, 'up', '--detach', '--no-deps', compose.service);
  const address = { ...context.env, ...settings, ...compose.env(port) };
  const server = await answering(() => recipe.connect(address, context), context.signal);
  return {
    ...server,
    stop: () => run(`stop container ${compose.service}`, AbortSignal.timeout(60_000), 'stop', compose.service),
  };
}

async function answering<T>(check: () => Promise<T>, signal: AbortSignal, limitMs = 120_000): Promise<T> {
  for (const end = Date.now() + limitMs; ;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await sleep(500, undefined, { signal });
    }
  }
}
