import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { askApiVersions } from '../../lib/kafka/api-versions';
import { KafkaSockets } from '../../lib/kafka/kafka-sockets';
import { findKafkaJars } from '../../stack/install/kafka-jars';
import { Machine } from '../../stack/machine';
import { kafkaConfig, LOG4J2_CONFIG } from '../../stack/servers/kafka-config';
import { freePort } from './own-mosquitto';
import { endWithTest } from './server-of-test';
import { SHORT_LIVED_JVM } from './short-lived-jvm';

const run = promisify(execFile);
const CACHE_DIR = resolve(__dirname, '../../.data/cache');
const START_MS = 60_000;
/** Brokers run beside the tests of other files. */
const HEAP_MB = 256;

/** The class path of Kafka's own broker and tools. */
export function kafkaClassPath(): string {
  const jars = findKafkaJars(new Machine(), process.env, CACHE_DIR);
  if (!jars) throw new Error('no jars of Apache Kafka: set KAFKA_HOME, or run "npm start" once, which fetches them');
  return join(jars, '*');
}

export interface OwnKafkaOptions {
  /** Lines of its configuration; `DIR` and `PORT` stand for its folder and port. */
  readonly lines?: readonly string[];
  /** Changes the text of its configuration. */
  readonly replace?: (config: string) => string;
  /** Arguments for formatting its storage, such as SCRAM users. */
  readonly format?: readonly string[];
  /** Makes files in its folder before the start. */
  readonly prepare?: (folder: string) => void | Promise<void>;
  /** Two ports, for one that others must know beforehand; free ones unless told otherwise. */
  readonly ports?: KafkaPorts;
  /** Its own unless told otherwise; the nodes of a cluster share one. */
  readonly clusterId?: string;
  readonly heapMb?: number;
}

export interface KafkaPorts {
  readonly client: number;
  readonly controller: number;
}

export const freeKafkaPorts = async (): Promise<KafkaPorts> => ({
  client: await freePort(),
  controller: await freePort(),
});

export const freshClusterId = (): string => `t${randomBytes(16).toString('base64url')}`.slice(0, 22);

/** A Kafka that belongs to one test, which may kill it and start it again on the same port and data. */
export class OwnKafka {
  readonly folder = mkdtempSync(join(tmpdir(), 'own-kafka-'));
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly heapMb: number,
  ) {}

  static async start(t: TestContext, options: OwnKafkaOptions = {}): Promise<OwnKafka> {
    const broker = await OwnKafka.prepare(t, options);
    await broker.restart();
    return broker;
  }

  /** Takes ports and formats its storage, but does not start it yet. */
  static async prepare(t: TestContext, options: OwnKafkaOptions = {}): Promise<OwnKafka> {
    const { lines = [], replace = (config) => config, format = [], prepare, heapMb = HEAP_MB } = options;
    const { clusterId = freshClusterId(), ports = await freeKafkaPorts() } = options;
    const broker = new OwnKafka(ports.client, heapMb);
    const { folder, port } = broker;
    t.after(async () => {
      await broker.kill();
      rmSync(folder, { recursive: true, force: true });
    });
    await prepare?.(folder);
    const text = replace(kafkaConfig(port, ports.controller, join(folder, 'log'))) + lines.join('\n');
    writeFileSync(join(folder, 'server.properties'), text.replaceAll('DIR', folder).replaceAll('PORT', `${port}`));
    writeFileSync(join(folder, 'log4j2.properties'), LOG4J2_CONFIG);
    const config = join(folder, 'server.properties');
    await run('java', [...broker.#java('kafka.tools.StorageTool'), 'format', '-t', clusterId, '-c', config, ...format]);
    return broker;
  }

  get brokers(): string[] {
    return [`127.0.0.1:${this.port}`];
  }

  /** Starts it, and resolves once it answers. */
  async restart(): Promise<void> {
    const child = spawn('java', [...this.#java('kafka.Kafka'), join(this.folder, 'server.properties')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    const read = (chunk: Buffer): void => void (said = (said + chunk.toString()).slice(-3_000));
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    this.#process = child;
    endWithTest(child);
    const ended = once(child, 'exit').then(() => {
      if (this.#process === child) throw new Error(`kafka ended at its start: ${said}`);
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`kafka did not answer within ${START_MS / 1_000} s: ${said}`)),
        START_MS,
      );
    });
    try {
      await Promise.race([this.#answering(child), ended, late]);
    } finally {
      clearTimeout(timer);
      ended.catch(() => {});
    }
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  signal(name: NodeJS.Signals): void {
    this.#process?.kill(name);
  }

  #java(main: string): string[] {
    const logging = `-Dlog4j2.configurationFile=${join(this.folder, 'log4j2.properties')}`;
    return [`-Xmx${this.heapMb}m`, ...SHORT_LIVED_JVM, logging, '-cp', kafkaClassPath(), main];
  }

  async #answering(child: ChildProcess): Promise<void> {
    const sockets = new KafkaSockets();
    while (child.exitCode === null && child.signalCode === null) {
      const target = { host: '127.0.0.1', port: this.port, ssl: undefined as never };
      const answer = await askApiVersions(sockets.factory, target, 2_000).catch(() => undefined);
      if (answer) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
