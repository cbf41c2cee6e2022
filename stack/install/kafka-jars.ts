import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TwinError } from '../../lib/reading/twin-error';
import type { Machine } from '../machine';
import type { Installation } from '../server-recipe';
import { runWithProgress } from './run-with-progress';

/** Version in kafka/pom.xml, where every artifact is pinned. */
export const KAFKA_VERSION = '4.1.0';
const COPY_JARS = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

/** Folder of the jars of an Apache Kafka 4 that is there: by KAFKA_HOME, by its start script, or fetched before. */
export function findKafkaJars(machine: Machine, env: NodeJS.ProcessEnv, cacheDir: string): string | undefined {
  const script = machine.find('kafka-server-start.sh') ?? machine.find('kafka-server-start');
  const homes = [env['KAFKA_HOME'], script && dirname(dirname(realpathSync(script)))].filter(Boolean) as string[];
  const folders = [
    ...homes.flatMap((home) => [join(home, 'libs'), join(home, 'libexec', 'libs')]),
    fetchedJars(cacheDir),
  ];
  return folders.find(
    (folder) => existsSync(folder) && readdirSync(folder).some((jar) => /^kafka_2\.13-4\..*\.jar$/.test(jar)),
  );
}

/** Fetches the jars by Maven. The folder appears only when it is complete. Rejects with STACK_INSTALL. */
export async function fetchKafkaJars({ machine, cacheDir, logDir, log, signal }: Installation): Promise<void> {
  const maven = machine.find('mvn');
  if (!maven)
    throw new TwinError('STACK_INSTALL', 'Maven (mvn) is not installed, so the jars of Apache Kafka cannot be fetched');
  const folder = fetchedJars(cacheDir);
  const partial = `${folder}.partial-${process.pid}`;
  mkdirSync(cacheDir, { recursive: true });
  try {
    await runWithProgress({
      what: `Maven fetches Apache Kafka ${KAFKA_VERSION}`,
      command: maven,
      args: [
        '--batch-mode',
        '-f',
        join(__dirname, '..', 'kafka', 'pom.xml'),
        COPY_JARS,
        `-DoutputDirectory=${partial}`,
      ],
      logFile: join(logDir, 'maven.log'),
      log,
      signal,
    });
    if (!existsSync(folder)) renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

const fetchedJars = (cacheDir: string): string => join(cacheDir, `kafka-${KAFKA_VERSION}`);
