import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

/** A message as `mosquitto_sub` sees it in MQTT 5. */
export interface DetailedMessage {
  readonly topic: string;
  readonly retained: boolean;
  /** User properties as `name:value`. */
  readonly properties: readonly string[];
  readonly payload: Buffer;
}

/**
 * Subscribes with `mosquitto_sub` in MQTT 5; `messages` grows as they come.
 * Resolves when it is subscribed.
 */
export async function detailedSubscriber(
  t: TestContext,
  url: string,
  topic: string,
): Promise<{ messages: DetailedMessage[] }> {
  const { hostname, port } = new URL(url);
  const format = '%r|%t|%P|%x';
  const what = ['-V', '5', '-h', hostname, '-p', port, '-t', topic, '-q', '1', '-F', format, '-d'];
  // Into a pipe it would write only when 4 kB are full.
  const child = spawn('stdbuf', ['-oL', 'mosquitto_sub', ...what], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.after(() => child.kill('SIGKILL'));
  const messages: DetailedMessage[] = [];
  await new Promise<void>((subscribed) => {
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('Subscribed ')) subscribed();
      const [, retain, name, properties, payload] = /^([01])\|(.*)\|(.*)\|([0-9a-f]*)$/.exec(line) ?? [];
      if (name === undefined) return;
      messages.push({
        ...{ topic: name, retained: retain === '1', payload: Buffer.from(payload ?? '', 'hex') },
        properties: (properties ?? '').split(' ').filter(Boolean),
      });
    });
  });
  return { messages };
}
