import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { findKafkaJars } from '../../stack/install/kafka-jars';
import { Machine } from '../../stack/machine';
import { SHORT_LIVED_JVM } from './short-lived-jvm';

/** Kafka's own command-line clients, from the jars that the server runs from. */
function javaTool(mainClass: string, args: readonly string[]): ChildProcess {
  const machine = new Machine();
  const jars = findKafkaJars(machine, process.env, resolve(__dirname, '../../.data/cache'));
  if (!jars) throw new Error('the jars of Apache Kafka are not there: run the tests by "npm test -- FILE"');
  return spawn(
    machine.find('java') ?? 'java',
    ['-Xmx128m', ...SHORT_LIVED_JVM, '-cp', join(jars, '*'), mainClass, ...args],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
}

/** Collects what a process writes; the text of stderr goes into the error when it fails. */
async function ended(child: ChildProcess): Promise<void> {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  // Not 'exit': the last of what it wrote may still be in the pipe then.
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${child.spawnargs.slice(4).join(' ')} ended with ${code}: ${said.slice(-2_000)}`);
}

/** Writes one record per line with Kafka's console producer; resolves when all are acknowledged. */
export async function consoleProduce(
  brokers: readonly string[],
  topic: string,
  lines: readonly (string | Buffer)[],
  args: readonly string[] = [],
): Promise<void> {
  const child = javaTool('org.apache.kafka.tools.ConsoleProducer', [
    ...['--bootstrap-server', brokers.join(','), '--topic', topic, '--producer-property', 'acks=all'],
    ...args,
  ]);
  const end = ended(child);
  child.stdout?.resume();
  for (const line of lines) {
    child.stdin?.write(line);
    child.stdin?.write('\n');
  }
  child.stdin?.end();
  await end;
}

/** Reads the first `count` records of a topic with Kafka's console consumer, one line of raw bytes for each. */
export async function consoleConsume(
  t: TestContext,
  brokers: readonly string[],
  topic: string,
  count: number,
  properties: readonly string[] = [],
  args: readonly string[] = [],
): Promise<Buffer[]> {
  const child = javaTool('org.apache.kafka.tools.consumer.ConsoleConsumer', [
    ...['--bootstrap-server', brokers.join(','), '--topic', topic, '--from-beginning'],
    ...['--max-messages', String(count), '--timeout-ms', '60000'],
    ...properties.flatMap((property) => ['--property', property]),
    ...args,
  ]);
  t.after(() => child.kill('SIGKILL'));
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  await ended(child);
  return linesOf(Buffer.concat(chunks));
}

/** The offset that a group has committed for a topic of one partition, and the topic's end, by Kafka's own tool. */
export async function consoleGroupOffset(
  brokers: readonly string[],
  group: string,
  topic: string,
): Promise<{ committed: number; end: number }> {
  const servers = ['--bootstrap-server', brokers.join(',')];
  const main = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand';
  const child = javaTool(main, [...servers, '--describe', '--offsets', '--group', group]);
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  await ended(child);
  const rows = linesOf(Buffer.concat(chunks)).map((line) => line.toString().trim().split(/\s+/));
  const [, , , committed = '0', end = '0'] =
    rows.find(([, name, partition]) => name === topic && partition === '0') ?? [];
  // A dash while nothing is committed.
  return { committed: Number(committed) || 0, end: Number(end) || 0 };
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end;
    lines.push(bytes.subarray(from, to));
    from = to + 1;
  }
  return lines;
}
