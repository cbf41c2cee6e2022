import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

/** `mosquitto_pub` that publishes numbers at a steady rate, and goes on after an outage of the broker. */
export interface SteadyPublisher {
  /** Numbers that the broker has acknowledged. */
  readonly accepted: ReadonlySet<number>;
  /** Resolves when all are acknowledged. */
  readonly finished: Promise<void>;
}

/**
 * Publishes `{"n": 0.0}` and so on at QoS 1.
 * @param count at most 65,535, as each number is its message's packet identifier less one
 */
export function publishSteadily(
  t: TestContext,
  { url, topic, count, perS }: { url: string; topic: string; count: number; perS: number },
): SteadyPublisher {
  const { hostname, port } = new URL(url);
  // Unbuffered, as its own output is what tells of each acknowledgement.
  const args = ['-oL', 'mosquitto_pub', '-h', hostname, '-p', port, '-t', topic, '-q', '1', '-l', '-d'];
  const child = spawn('stdbuf', args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const accepted = new Set<number>();
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const acknowledged = /received PUBACK \(Mid: (\d+)/.exec(line);
      if (acknowledged) accepted.add(Number(acknowledged[1]) - 1);
    }
  });
  let next = 0;
  const began = performance.now();
  const timer = setInterval(() => {
    // What a busy machine could not send in time follows at once.
    const due = Math.min(count, Math.floor(((performance.now() - began) / 1000) * perS));
    for (; next < due; next++) child.stdin.write(`{"n": ${next}.0}\n`);
    if (next < count) return;
    clearInterval(timer);
    child.stdin.end();
  }, 5);
  t.after(() => {
    clearInterval(timer);
    child.kill();
  });
  const finished = once(child, 'close').then(() => {
    if (accepted.size < count) throw new Error(`mosquitto_pub ended with ${accepted.size} of ${count} acknowledged`);
  });
  finished.catch(() => {});
  return { accepted, finished };
}
