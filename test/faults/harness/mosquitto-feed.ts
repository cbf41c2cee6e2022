import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import type { Feed } from './load';

/** A publisher that is not ours, at QoS 1: `mosquitto_pub`, one message per line. */
export function mosquittoFeed(t: TestContext, port: number, topic: string): Feed {
  const args = ['-h', '127.0.0.1', '-p', `${port}`, '-t', topic, '-q', '1', '-l'];
  const child = spawn('mosquitto_pub', args, { stdio: ['pipe', 'ignore', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stdin.on('error', () => undefined); // Its exit code tells.
  const closed = once(child, 'close') as Promise<[number | null]>;
  return {
    write: (line) => void child.stdin.write(`${line}\n`),
    end: async () => {
      child.stdin.end();
      const [code] = await closed;
      if (code !== 0) throw new Error(`mosquitto_pub ended with ${code}: ${said}`);
    },
  };
}
