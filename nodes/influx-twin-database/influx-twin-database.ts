import type { NodeAPI } from '@node-red/registry';
import { checkInfluxOptions, type InfluxConnectionOptions } from '../../lib/influx/influx-options';
import { probeInfluxdb } from '../../lib/influx/influx-probe';
import type { OptionsOf, SecretsOf } from '../common/definition';
import { registerConfig } from '../common/register-config';
import { tlsOptions } from '../common/tls';
import { definition } from './options';

const PROBE_MS = 5_000;

export default function (RED: NodeAPI): void {
  registerConfig(
    RED,
    definition,
    ({ options, secrets }) => {
      const connection = connectionOptions(RED, options, secrets);
      checkInfluxOptions(connection);
      return { connection };
    },
    // An async function, so that options that cannot be used are a failed test like any other.
    async (_RED, options, secrets) => probeInfluxdb(connectionOptions(RED, options, secrets), PROBE_MS),
  );
}

function connectionOptions(
  RED: NodeAPI,
  options: OptionsOf<typeof definition>,
  { username, password, token }: SecretsOf<typeof definition>,
): InfluxConnectionOptions {
  const { url, version, database, org, timeout } = options;
  return {
    url,
    version,
    database,
    bucket: database,
    org,
    username,
    password,
    token,
    retentionPolicy: options.retentionPolicy,
    influxqlDatabase: options.influxqlDatabase,
    timeoutMs: timeout * 1_000,
    ...(url.startsWith('https:') && { tls: tlsOptions(RED, options.tlsConfig) }),
  };
}
