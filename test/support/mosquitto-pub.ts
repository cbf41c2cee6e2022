import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Publishes one message per line with `mosquitto_pub` at QoS 1; resolves when the broker has acknowledged all.
 * @param args more of its options, such as `-V 5 -D publish user-property name value`
 */
export async function foreignPublish(
  url: string,
  topic: string,
  lines: readonly (string | Buffer)[],
  args: readonly string[] = [],
): Promise<void> {
  const { hostname, port } = new URL(url);
  const child = spawn('mosquitto_pub', ['-h', hostname, '-p', port, '-t', topic, '-q', '1', '-l', ...args], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const exited = once(child, 'exit');
  for (const line of lines) {
    child.stdin.write(line);
    child.stdin.write('\n');
  }
  child.stdin.end();
  const [code] = (await exited) as [number | null];
  if (code !== 0) throw new Error(`mosquitto_pub ended with ${code}: ${said}`);
}
