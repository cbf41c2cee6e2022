import type { NodeAPI } from '@node-red/registry';
import { type KafkaConnectionOptions, brokerAddresses } from '../../lib/kafka/kafka-options';
import { probeKafka } from '../../lib/kafka/kafka-probe';
import { TwinError } from '../../lib/reading/twin-error';
import type { OptionsOf, SecretsOf } from '../common/definition';
import { registerConfig } from '../common/register-config';
import { tlsOptions } from '../common/tls';
import { definition } from './options';

const PROBE_MS = 8_000;

/**
 * What a cluster's config node offers: how to reach it. Each node keeps connections of its own, as Kafka's clients do.
 */
export interface ClusterConnection {
  readonly options: KafkaConnectionOptions;
}

export default function (RED: NodeAPI): void {
  registerConfig<typeof definition, ClusterConnection>(
    RED,
    definition,
    ({ options, secrets }) => ({ connection: { options: connectionOptions(RED, options, secrets) } }),
    // An async function, so that options that cannot be used are a failed test like any other.
    async (_RED, options, secrets) => probeKafka(connectionOptions(RED, options, secrets), PROBE_MS),
  );
}

function connectionOptions(
  RED: NodeAPI,
  { brokers, clientId, tls, tlsConfig, sasl }: OptionsOf<typeof definition>,
  { username, password }: SecretsOf<typeof definition>,
): KafkaConnectionOptions {
  if (sasl !== 'none' && (username === undefined || password === undefined))
    throw new TwinError('KAFKA_OPTIONS_INVALID', `SASL ${sasl} needs a user name and a password; fill them in`);
  return {
    brokers: brokerAddresses(brokers.split(',')),
    ...(clientId && { clientId }),
    ...(tls && { ssl: tlsOptions(RED, tlsConfig) }),
    ...(sasl !== 'none' && { sasl: { mechanism: sasl, username: username!, password: password! } }),
  };
}
