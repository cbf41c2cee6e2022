import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Chain, ChainTopics } from './chain';

/** Starts the plain script as a process of its own. */
export async function plainChain(topics: ChainTopics, folder: string): Promise<Chain> {
  const arrivals = join(folder, 'plain');
  const { mqttIn, kafka, model, mqttBack } = topics;
  const child = fork(join(__dirname, 'plain-script.ts'), [mqttIn, kafka, model, mqttBack, arrivals], {
    execArgv: ['--import', 'tsx'],
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error('the plain script ended at its start')));
  await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {});
  const stop = async (): Promise<void> => {
    const exited = once(child, 'exit');
    child.disconnect();
    await exited;
  };
  return { topics, arrivals, stop };
}
