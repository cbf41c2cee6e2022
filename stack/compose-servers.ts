import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { runWithProgress } from './install/run-with-progress';
import type { ComposeCommand } from './machine';
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
  const port = await context.ports.choose(compose.service, { usual: compose.port });
  const settings = existsSync(join(folder, '.env')) ? parseEnv(readFileSync(join(folder, '.env'), 'utf8')) : {};
  const run = (what: string, ...more: string[]): Promise<void> =>
    runWithProgress({
      what,
      command: program,
      args: [...args, '-f', join(folder, 'compose.yaml'), ...more],
      cwd: folder,
      env: { ...context.env, ...settings, [compose.portVariable]: String(port) },
      logFile: join(context.logDir, `compose-${compose.service}.log`),
      log: context.log,
      signal: context.signal,
    });
  await run(`container ${compose.service}`, 'up', '--detach', '--no-deps', compose.service);
  const address = { ...context.env, ...settings, ...compose.env(port) };
  const server = await answering(() => recipe.connect(address, context));
  return { ...server, stop: () => run(`stop container ${compose.service}`, 'stop', compose.service) };
}

async function answering<T>(check: () => Promise<T>, limitMs = 120_000): Promise<T> {
  for (const end = Date.now() + limitMs; ;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
