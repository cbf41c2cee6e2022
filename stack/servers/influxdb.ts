import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { checkInflux, queryInflux, type InfluxAddress } from '../health/influx-health';
import type { Machine } from '../machine';
import { ManagedProcess } from '../managed-process';
import type { RunningServer, ServerRecipe } from '../server-recipe';
import { fixedPort, launched } from './launched';

const run = promisify(execFile);

/** Database on 1.x, bucket on 2.x. */
const DATABASE = 'Sensor_Data';
const ORG = 'PICOCAMERA';

/** The time-series database: InfluxDB 1.x as Debian packs it, or any version by address. */
export const influxdb: ServerRecipe = {
  name: 'influx',
  title: 'InfluxDB',
  variable: 'INFLUX_URL',
  compose: {
    service: 'influxdb',
    port: 8086,
    portVariable: 'INFLUX_PORT',
    env: (port) => ({ INFLUX_URL: `http://127.0.0.1:${port}`, INFLUX_ORG: ORG, INFLUX_BUCKET: DATABASE }),
  },
  lacking: (machine) =>
    Promise.resolve(machine.find('influxd') ? [] : [{ program: 'influxd', debianPackage: 'influxdb' }]),

  async unusable(machine) {
    const version = await installedVersion(machine);
    if (version === undefined || version.startsWith('1.')) return undefined;
    return {
      reason: `InfluxDB ${version} is installed, which needs a set-up of your own`,
      command: 'INFLUX_URL=http://127.0.0.1:8086 INFLUX_ORG=… INFLUX_BUCKET=… INFLUX_TOKEN=… npm start',
    };
  },

  async connect(env) {
    const address = influxAddress(env);
    const version = await checkInflux(address);
    if (version.startsWith('1.')) await createDatabase(address);
    return running(address, version, env);
  },

  async start(context) {
    const fixed = fixedPort(context.env, 'INFLUX_PORT');
    const port = await context.ports.choose('influx', { usual: 8086, ...fixed });
    const backupPort = await context.ports.choose('influx-backup', {});
    mkdirSync(context.folder, { recursive: true });
    const config = join(context.folder, 'influxdb.conf');
    writeFileSync(config, influxConfig(port, backupPort, context.folder));
    const server = new ManagedProcess({
      title: 'InfluxDB',
      command: context.machine.find('influxd') ?? 'influxd',
      args: ['-config', config],
      logFile: join(context.logDir, 'influxdb.log'),
      signal: context.signal,
    });
    const address = { url: `http://127.0.0.1:${port}`, database: DATABASE };
    return launched(context, server, running(address, '1.x', {}), () =>
      server.ready(async () => {
        const version = await checkInflux(address);
        await createDatabase(address);
        return `InfluxDB ${version}`;
      }, port),
    );
  },
};

/** Address and credentials by the variables that flows use too. */
export function influxAddress(env: NodeJS.ProcessEnv): InfluxAddress {
  const { INFLUX_USERNAME: username, INFLUX_PASSWORD: password, INFLUX_TOKEN: token } = env;
  return {
    url: env['INFLUX_URL'] ?? '',
    database: env['INFLUX_BUCKET'] || env['INFLUX_DATABASE'] || DATABASE,
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(token ? { token } : {}),
  };
}

/** Idempotent: InfluxDB 1.x answers the same for a database that exists. */
const createDatabase = (address: InfluxAddress): Promise<unknown> =>
  queryInflux(address, `CREATE DATABASE "${address.database.replace(/["\\]/g, '\\$&')}"`);

function running(address: InfluxAddress, version: string, env: NodeJS.ProcessEnv): RunningServer {
  return {
    name: 'influx',
    address: address.url,
    version: `InfluxDB ${version}`,
    env: {
      INFLUX_URL: address.url,
      INFLUX_VERSION: version.startsWith('1.') ? '1' : '2',
      INFLUX_DATABASE: address.database,
      INFLUX_BUCKET: address.database,
      INFLUX_ORG: env['INFLUX_ORG'] ?? ORG,
      ...(address.token ? { INFLUX_TOKEN: address.token } : {}),
    },
    stop: () => Promise.resolve(),
  };
}

async function installedVersion(machine: Machine): Promise<string | undefined> {
  const influxd = machine.find('influxd');
  if (!influxd) return undefined;
  const { stdout } = await run(influxd, ['version'], { timeout: 10_000 });
  return /v?(\d+\.\d+[.\w~-]*)/.exec(stdout)?.[1];
}

/** Every listener on loopback, the one for backups included; no usage reports; no line per request. */
function influxConfig(port: number, backupPort: number, folder: string): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${backupPort}"

[meta]
  dir = "${folder}/meta"
  logging-enabled = false

[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  query-log-enabled = false

[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false

[monitor]
  store-enabled = false

[logging]
  level = "warn"
`;
}
