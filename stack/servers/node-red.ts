import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkNodeRed } from '../health/node-red-health';
import { ManagedProcess } from '../managed-process';
import type { RunningServer, ServerRecipe } from '../server-recipe';
import { fixedPort, launched } from './launched';
import { prepareUserFolder } from './node-red-user-folder';

/** Flows that a user has stopped stay stopped: then it counts as ready without them. */
const FLOWS_LIMIT_MS = 15_000;

/** Node-RED with this pack and FlowFuse Dashboard, in a user folder of its own. */
export const nodeRed: ServerRecipe = {
  name: 'node-red',
  title: 'Node-RED',
  last: true,
  lacking: () => Promise.resolve([]),
  connect: () => Promise.reject(new Error('Node-RED is always started by the launcher')),

  async start(context) {
    const { folder, env, packDir, log } = context;
    const script = nodeRedScript(packDir, env);
    const port = await context.ports.choose('node-red', { usual: 1880, ...fixedPort(env, 'NODE_RED_PORT') });
    prepareUserFolder({ folder, packDir, log });
    const server = new ManagedProcess({
      title: 'Node-RED',
      command: process.execPath,
      args: [script, '--userDir', folder, '--settings', join(folder, 'settings.js'), '--port', String(port)],
      cwd: folder,
      env,
      logFile: join(context.logDir, 'node-red.log'),
      signal: context.signal,
      graceMs: 20_000,
    });
    const url = `http://127.0.0.1:${port}`;
    const flowsBy = Date.now() + FLOWS_LIMIT_MS;
    const ready = async (): Promise<string> => {
      const { version, flowsStarted } = await checkNodeRed(url);
      if (!flowsStarted && Date.now() < flowsBy) throw new Error('its flows have not started');
      return `Node-RED ${version}`.trimEnd();
    };
    return launched(context, server, running(url), () => server.ready(ready, port));
  },
};

/**
 * Start script of Node-RED 5 where Node.js is new enough for it (22.9), else of 4.1; NODE_RED names another package.
 */
function nodeRedScript(packDir: string, env: NodeJS.ProcessEnv): string {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const runsFive = major > 22 || (major === 22 && minor >= 9);
  const script = join(packDir, 'node_modules', env['NODE_RED'] || (runsFive ? 'node-red-5' : 'node-red'), 'red.js');
  if (!existsSync(script)) throw new Error(`Node-RED is not installed: ${dirname(script)} is missing; run npm ci`);
  return script;
}

function running(url: string): RunningServer {
  return {
    name: 'node-red',
    address: url,
    version: 'Node-RED',
    env: { NODE_RED_URL: url },
    stop: () => Promise.resolve(),
  };
}
