import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

/** A subscriber that is not ours; `payloads` grows by one per message. */
export interface ForeignSubscriber {
  readonly payloads: Buffer[];
  /** Resolves once `count` messages have come. */
  reach(count: number): Promise<void>;
  /** Resolves once so many different payloads have come. */
  reachDistinct(count: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts `mosquitto_sub` at QoS 1 and resolves when it is subscribed. It comes back by itself after an outage.
 * @param args more of its options, such as `-c -i ID` for a kept session
 */
export async function foreignSubscriber(
  t: TestContext,
  url: string,
  topic: string,
  args: readonly string[] = [],
): Promise<ForeignSubscriber> {
  const { hostname, port } = new URL(url);
  const what = ['-h', hostname, '-p', port, '-t', topic, '-q', '1', '-F', '%x', '-d', ...args];
  // Into a pipe it would write only when 4 kB are full.
  const child = spawn('stdbuf', ['-oL', 'mosquitto_sub', ...what], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const payloads: Buffer[] = [];
  const distinct = new Set<string>();
  const arrivals = new EventEmitter<{ payload: [] }>();
  let subscribed = () => {};
  const ready = new Promise<void>((resolve) => (subscribed = resolve));
  createInterface(child.stdout).on('line', (line) => {
    // With -d it also tells what it does; a payload is hexadecimal only.
    if (line.startsWith('Subscribed ')) subscribed();
    if (!/^([0-9a-f]{2})+$/.test(line)) return;
    payloads.push(Buffer.from(line, 'hex'));
    distinct.add(line);
    arrivals.emit('payload');
  });
  await ready;
  return {
    payloads,
    reach: async (count) => {
      while (payloads.length < count) await once(arrivals, 'payload');
    },
    reachDistinct: async (count) => {
      while (distinct.size < count) await once(arrivals, 'payload');
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}
