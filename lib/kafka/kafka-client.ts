import { Kafka, type KafkaConfig, logLevel, type RetryOptions, type SASLOptions } from 'kafkajs';
import type { TwinError } from '../reading/twin-error';
import { registerCodecs } from './codecs/register-codecs';
import { kafkaError } from './kafka-error';
import { brokerAddresses, type KafkaConnectionOptions } from './kafka-options';
import { KafkaSockets } from './kafka-sockets';
import { applyKafkajsCures } from './kafkajs-cures';

const DEFAULT_CLIENT_ID = 'digital-twin';
const DEFAULT_CONNECTION_TIMEOUT_MS = 5_000;
const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;

export interface KafkaClientHooks {
  /** How kafkajs retries by itself; the waiting for an outage is ours. */
  readonly retry: RetryOptions;
  /** Told of each connection that fails. */
  readonly onProblem?: (error: TwinError) => void;
  /** Told of what kafkajs would have written to the console as a warning or an error. */
  readonly onLog?: (message: string, facts: Readonly<Record<string, unknown>>) => void;
  /** Told when the last open connection has gone. */
  readonly onAllLost?: () => void;
}

/** A configured kafkajs, and the end of all its connections. */
export interface KafkaClient {
  readonly kafka: Kafka;
  readonly brokers: readonly string[];
  /** Ends every connection at once; nothing that kafkajs still has under way connects again. */
  destroy(): void;
}

/**
 * One kafkajs of one owner. Members of one group must not share it: they would share its map of committed offsets.
 *
 * @throws TwinError `KAFKA_OPTIONS_INVALID`
 */
export function createKafkaClient(
  options: KafkaConnectionOptions,
  { retry, onProblem, onLog, onAllLost }: KafkaClientHooks,
): KafkaClient {
  applyKafkajsCures();
  registerCodecs();
  const brokers = brokerAddresses(options.brokers);
  const sockets = new KafkaSockets({
    onError: (error) => onProblem?.(kafkaError(error, { brokers })),
    ...(onAllLost ? { onAllLost } : {}),
  });
  const { ssl, sasl } = options;
  let destroyed = false;
  const config: KafkaConfig = {
    // Empty is the one answer that ends an endless attempt to connect.
    brokers: () => (destroyed ? [] : brokers),
    clientId: options.clientId ?? DEFAULT_CLIENT_ID,
    // Copied, because kafkajs keeps an authenticator with the first credentials on the object it was given.
    ...(sasl ? { sasl: { ...sasl } as SASLOptions } : {}),
    ...(ssl ? { ssl: ssl === true ? {} : { ...ssl } } : {}),
    connectionTimeout: options.connectionTimeoutMs ?? DEFAULT_CONNECTION_TIMEOUT_MS,
    requestTimeout: options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS,
    retry,
    socketFactory: sockets.factory,
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ log: { message, ...facts } }) =>
        onLog?.(message, facts),
  };
  const destroy = () => {
    destroyed = true;
    sockets.destroy();
  };
  return { kafka: new Kafka(config), brokers, destroy };
}
