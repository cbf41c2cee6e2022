import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf, TwinError } from '../lib/reading/twin-error';
import { startContainer } from './compose-servers';
import { installPlanned } from './install/install-planned';
import { Machine } from './machine';
import { PortBook } from './port-book';
import { RunFile } from './run-file';
import { describePlan, planServers, type PlannedServer } from './server-plan';
import type { RunningServer, ServerContext, ServerName, ServerRecipe } from './server-recipe';
import { board } from './servers/board';
import { influxdb } from './servers/influxdb';
import { kafka } from './servers/kafka';
import { mosquitto } from './servers/mosquitto';
import { nodeRed } from './servers/node-red';
import { Stack } from './stack';

const RECIPES = [mosquitto, kafka, influxdb, board, nodeRed];
const PACK_DIR = resolve(__dirname, '..');
const PORT_ATTEMPTS = 3;

export interface StackOptions {
  readonly servers: readonly ServerName[];
  /** Folder of all that the servers keep; owned by one launcher at a time. */
  readonly dataDir: string;
  /** Folder of downloads; `.data/cache` of the checkout unless told. */
  readonly cacheDir?: string;
  /** Whether the data outlive `stop()`; without it the folder is removed. */
  readonly keepData?: boolean;
  /** Whether servers take the ports that users expect, where these are free; as `keepData` unless told. */
  readonly usualPorts?: boolean;
  /** Told in plain lines what will be done, then what is done. */
  readonly log: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
  readonly machine?: Machine;
  /** Gives up what is under way; `launchStack` then rejects with its reason, all stopped. */
  readonly signal?: AbortSignal;
}

/**
 * Brings up servers, each in the first way that is open here: an address given by environment, an installed program,
 * a container, an installation. What cannot be had, or does not start, is in `missing`, and the rest still starts.
 * Rejects with STACK_RUNNING when another launcher owns the folder.
 */
export async function launchStack(options: StackOptions): Promise<Stack> {
  const { servers, log, env, keepData = false, machine = new Machine() } = options;
  const { usualPorts = keepData } = options;
  const signal = options.signal ?? new AbortController().signal;
  const dataDir = resolve(options.dataDir);
  const cacheDir = resolve(options.cacheDir ?? join(PACK_DIR, '.data', 'cache'));
  const logDir = join(dataDir, 'logs');
  const recipes = RECIPES.filter(({ name }) => servers.includes(name));
  const plan = await planServers(recipes, { machine, env, cacheDir });
  log('servers:');
  describePlan(plan).forEach((line) => log(line));

  const runFile = await RunFile.claim(dataDir, log);
  const dispose = (): void => {
    runFile.release();
    if (!keepData) rmSync(dataDir, { recursive: true, force: true });
  };
  const stack = new Stack({ dataDir, dispose });
  const ports = new PortBook(dataDir, { usual: usualPorts });
  const place = { machine, cacheDir, logDir, log, signal };
  const launch = async (planned: PlannedServer): Promise<void> => {
    const { name } = planned.recipe;
    const begin = async (): Promise<RunningServer> => {
      const context: ServerContext = {
        ...place,
        folder: join(dataDir, name),
        ports,
        runFile,
        env: { ...env, ...stack.env },
        packDir: PACK_DIR,
        onEnd: (title, how, logFile) => log(`${title} ended (${how}); its log: ${logFile}`),
      };
      return startServer(planned, context);
    };
    try {
      await stack.start(name, begin);
    } catch (error) {
      if (signal.aborted) return;
      stack.missing.push({ name, title: planned.recipe.title, reason: messageOf(error), command: 'npm start' });
      log(`  ${messageOf(error)}`);
    }
  };

  try {
    mkdirSync(logDir, { recursive: true });
    const { ready, missing } = await installPlanned(plan, place);
    stack.missing.push(...missing);
    await Promise.all(ready.filter(({ recipe }) => !recipe.last).map(launch));
    for (const planned of ready.filter(({ recipe }) => recipe.last)) await launch(planned);
    signal.throwIfAborted();
    return stack;
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function startServer({ recipe, way }: PlannedServer, context: ServerContext): Promise<RunningServer> {
  const begun = Date.now();
  const server = await (way.how === 'given'
    ? recipe.connect(context.env, context)
    : way.how === 'compose' && recipe.compose
      ? startContainer(recipe, recipe.compose, way.command, context)
      : startOnFreePort(recipe, context));
  context.log(`  ${server.version} answers at ${server.address} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
  return server;
}

/** Between choosing a port and listening on it another program may take it: then the next one is tried. */
async function startOnFreePort(recipe: ServerRecipe, context: ServerContext): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await recipe.start(context);
    } catch (error) {
      const taken = error instanceof TwinError && error.code === 'STACK_PORT_TAKEN' && error.facts['fixed'] !== true;
      if (!taken || attempt === PORT_ATTEMPTS) throw error;
      context.log(`  ${error.message}: trying another`);
    }
  }
}
