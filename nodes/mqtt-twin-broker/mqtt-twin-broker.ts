import type { NodeAPI } from '@node-red/registry';
import type { MqttConnectionOptions } from '../../lib/mqtt/mqtt-options';
import { probeMqtt } from '../../lib/mqtt/mqtt-probe';
import type { OptionsOf, SecretsOf } from '../common/definition';
import { registerConfig } from '../common/register-config';
import { tlsOptions } from '../common/tls';
import { BrokerConnection } from './broker-connection';
import { definition } from './options';

const PROBE_MS = 5_000;

export default function (RED: NodeAPI): void {
  registerConfig(
    RED,
    definition,
    ({ options, secrets, node }) => ({
      connection: new BrokerConnection(connectionOptions(RED, options, secrets), options.clientId || `twin-${node.id}`),
    }),
    // An async function, so that options that cannot be used are a failed test like any other.
    async (_RED, options, secrets) => probeMqtt(connectionOptions(RED, options, secrets), PROBE_MS),
  );
}

function connectionOptions(
  RED: NodeAPI,
  options: OptionsOf<typeof definition>,
  { username, password }: SecretsOf<typeof definition>,
): MqttConnectionOptions {
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `${options.tls ? 'mqtts' : 'mqtt'}://${host}:${options.port}`,
    username,
    password,
    protocolVersion: options.protocolVersion === '5' ? 5 : 4,
    keepAliveS: options.keepAlive,
    ...(options.tls && { tls: tlsOptions(RED, options.tlsConfig) }),
  };
}
