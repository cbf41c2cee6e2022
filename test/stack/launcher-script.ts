import { launchStack } from '../../stack/launch-stack';
import type { ServerName } from '../../stack/server-recipe';
import { stopSignal } from '../../stack/stop-signal';

// Launches servers, prints their addresses as JSON, and runs until a signal.
const [servers = '', dataDir = ''] = process.argv.slice(2);

async function run(): Promise<void> {
  const signal = stopSignal();
  const stack = await launchStack({
    servers: servers.split(',') as ServerName[],
    dataDir,
    keepData: true,
    log: (line) => process.stdout.write(`${line}\n`),
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
    signal,
  });
  process.stdout.write(`${JSON.stringify(stack.env)}\n`);
  if (process.env['FAIL_AFTER_START']) void Promise.reject(new Error('a fault of ours'));
  const forever = setInterval(() => undefined, 1e9);
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  clearInterval(forever);
  await stack.stop();
  if (signal.reason === 1) process.exitCode = 1;
}

run().catch((error: unknown) => {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
