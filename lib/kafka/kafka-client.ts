import { Kafka, type KafkaConfig, logLevel, type RetryOptions, type SASLOptions } from 'kafkajs';
import type { TwinError } from '../reading/twin-error';
import { BrokerWatch } from './broker-watch';
import { registerCodecs } from './codecs/register-codecs';
import { kafkaError } from './kafka-error';
import { brokerAddresses, type KafkaConnectionOptions } from './kafka-options';
import { KafkaSockets } from './kafka-sockets';
import { applyKafkajsCures } from './kafkajs-cures';
import { acceptPartialMetadata } from './partial-metadata';

const DEFAULT_CLIENT_ID = 'digital-twin';
const DEFAULT_CONNECTION_TIMEOUT_MS = 5_000;
const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;
/** How long a broker has to say who the members of its cluster are, in milliseconds. */
const MEMBERS_MS = 2_000;

export interface KafkaClientHooks {
  /** How kafkajs retries by itself; the waiting for an outage is ours. */
  readonly retry: RetryOptions;
  /** Told of each connection that fails, and whether another broker is connected. */
  readonly onProblem?: (error: TwinError, othersAreThere: boolean) => void;
  /** Told of what kafkajs would have written to the console as a warning or an error. */
  readonly onLog?: (message: string, facts: Readonly<Record<string, unknown>>) => void;
  /** Told when the last open connection has gone. */
  readonly onAllLost?: () => void;
  /** Whether brokers that hang while their cluster goes on are given up (default true). */
  readonly watched?: boolean;
  /** Whether one topic that cannot be had leaves the metadata of the others alone (default false). */
  readonly partialMetadata?: boolean;
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
  { retry, onProblem, onLog, onAllLost, watched = true, partialMetadata = false }: KafkaClientHooks,
): KafkaClient {
  applyKafkajsCures();
  registerCodecs();
  const brokers = brokerAddresses(options.brokers);
  const sockets = new KafkaSockets({
    onError: (error, othersAreThere) => onProblem?.(kafkaError(error, { brokers }), othersAreThere),
    ...(onAllLost ? { onAllLost } : {}),
  });
  if (partialMetadata) acceptPartialMetadata(sockets.factory);
  const watch = watched
    ? new BrokerWatch(sockets.factory, {
        brokers,
        membersBy: (others) => membersBy(options, others),
        drop: (broker, error) => sockets.drop(broker, error),
      })
    : undefined;
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
    watch?.close();
    sockets.destroy();
  };
  return { kafka: new Kafka(config), brokers, destroy };
}

/** Who is in the cluster by the word of the first of these brokers that answers. */
async function membersBy(options: KafkaConnectionOptions, brokers: readonly string[]): Promise<string[]> {
  const limits = { connectionTimeoutMs: MEMBERS_MS, requestTimeoutMs: MEMBERS_MS };
  // One client for each: kafkajs asks the next of its brokers only when the first cannot be reached at all.
  const clients = brokers.map((broker) =>
    createKafkaClient(
      { ...options, ...limits, brokers: [broker] },
      { retry: { retries: 0 }, watched: false, partialMetadata: true },
    ),
  );
  try {
    return await Promise.any(clients.map(membersOf));
  } finally {
    for (const client of clients) client.destroy();
  }
}

async function membersOf({ kafka }: KafkaClient): Promise<string[]> {
  const admin = kafka.admin();
  await admin.connect();
  const { brokers } = await admin.describeCluster();
  return brokers.map(({ host, port }) => `${host}:${port}`);
}
