import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, TwinError } from '../../lib/reading/twin-error';
import { checkKafka } from '../health/kafka-health';
import { fetchKafkaJars, findKafkaJars, KAFKA_VERSION } from '../install/kafka-jars';
import { ManagedProcess } from '../managed-process';
import type { ProgramNeed, RunningServer, ServerRecipe } from '../server-recipe';
import { kafkaConfig, LOG4J2_CONFIG } from './kafka-config';
import { fixedPort, launched } from './launched';

const run = promisify(execFile);
const OLDEST_JAVA = 17;
/**
 * The heap whole from the start: one that grows stays too small to be collected rarely, and then each collection stops
 * the broker for some 20 ms every second. The rest is what Kafka's own start script sets.
 */
const JVM_OPTIONS = [
  '-Xms512m',
  '-Xmx512m',
  '-XX:+UseG1GC',
  '-XX:MaxGCPauseMillis=20',
  '-XX:InitiatingHeapOccupancyPercent=35',
];

/** The event log: Apache Kafka 4 in one KRaft process, its jars by Maven. */
export const kafka: ServerRecipe = {
  name: 'kafka',
  title: 'Apache Kafka',
  variable: 'KAFKA_BROKERS',
  compose: {
    service: 'kafka',
    port: 29092,
    portVariable: 'KAFKA_PORT',
    env: (port) => ({ KAFKA_BROKERS: `127.0.0.1:${port}` }),
  },

  async lacking(machine, env, cacheDir) {
    const needs: ProgramNeed[] = [];
    if ((await machine.javaVersion()) < OLDEST_JAVA)
      needs.push({ program: `java ${OLDEST_JAVA}`, debianPackage: 'default-jre-headless' });
    const jars = findKafkaJars(machine, env, cacheDir);
    if (!jars && !machine.find('mvn')) needs.push({ program: 'mvn', debianPackage: 'maven' });
    return needs;
  },

  download: {
    what: (machine, env, cacheDir) =>
      findKafkaJars(machine, env, cacheDir)
        ? undefined
        : `Apache Kafka ${KAFKA_VERSION} by Maven, 44 MB, kept in ${cacheDir}`,
    fetch: fetchKafkaJars,
  },

  async connect(env) {
    const brokers = env['KAFKA_BROKERS'] ?? '';
    await checkKafka(brokers.split(','));
    return running(brokers, 'Kafka');
  },

  async start(context) {
    const { folder, ports, machine, env, cacheDir } = context;
    const jars = findKafkaJars(machine, env, cacheDir);
    if (!jars)
      throw new TwinError('STACK_INSTALL', 'the jars of Apache Kafka are gone since they were looked for: start again');
    const port = await ports.choose('kafka', { usual: 29_092, ...fixedPort(env, 'KAFKA_PORT') });
    const controllerPort = await ports.choose('kafka-controller', {});
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'server.properties');
    const logConfig = join(folder, 'log4j2.properties');
    writeFileSync(config, kafkaConfig(port, controllerPort, join(folder, 'log')));
    writeFileSync(logConfig, LOG4J2_CONFIG);
    const java = machine.find('java') ?? 'java';
    const javaArgs = [`-Dlog4j2.configurationFile=${logConfig}`, '-cp', join(jars, '*')];
    await format(java, javaArgs, config, join(folder, 'log'));
    const server = new ManagedProcess({
      title: 'Kafka',
      command: java,
      args: [...JVM_OPTIONS, ...javaArgs, 'kafka.Kafka', config],
      logFile: join(context.logDir, 'kafka.log'),
      signal: context.signal,
      graceMs: 30_000,
    });
    const brokers = `127.0.0.1:${port}`;
    return launched(context, server, running(brokers, `Apache Kafka ${versionOf(jars)}`), async () => {
      await server.ready(() => checkKafka([brokers]), port);
    });
  },
};

/** Writes the cluster's id into an empty log folder, once. Rejects with STACK_KAFKA_FORMAT. */
async function format(java: string, javaArgs: readonly string[], config: string, logDir: string): Promise<void> {
  if (existsSync(join(logDir, 'meta.properties'))) return;
  const args = [...javaArgs, 'kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', config];
  try {
    await run(java, args, { timeout: 60_000 });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new TwinError('STACK_KAFKA_FORMAT', `Kafka cannot set up ${logDir}: ${stderr.trim() || messageOf(error)}`, {
      cause: error,
    });
  }
}

/** A UUID in base64, as Kafka writes it; never with a leading dash, which its tool would take for an option. */
function clusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? clusterId() : id;
}

function versionOf(jars: string): string {
  const jar = readdirSync(jars).find((name) => name.startsWith('kafka-clients-'));
  return /kafka-clients-(.+)\.jar/.exec(jar ?? '')?.[1] ?? '';
}

function running(brokers: string, version: string): RunningServer {
  return { name: 'kafka', address: brokers, version, env: { KAFKA_BROKERS: brokers }, stop: () => Promise.resolve() };
}
