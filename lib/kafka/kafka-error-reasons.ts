/** Where an error arose, for its message. */
export interface KafkaErrorContext {
  /** The configured bootstrap addresses. */
  readonly brokers: readonly string[];
  readonly topic?: string;
  readonly groupId?: string;
}

/** What kafkajs puts on its errors. */
export interface KafkajsError extends Error {
  readonly type?: string;
  readonly code?: string | number;
  readonly broker?: string;
  readonly topic?: string;
  readonly errors?: readonly unknown[];
  readonly groups?: readonly { error?: unknown }[];
}

/** The message of kafkajs without its prefix. */
export const bare = (message: string): string => message.replace(/^Connection error: /, '').trim();

/** What an error of the client or the broker means to us. */
export interface KafkaErrorReason {
  readonly code: string;
  readonly retryable: boolean;
  readonly message: (error: KafkajsError, context: KafkaErrorContext) => string;
}

const at = ({ broker }: KafkajsError, { brokers }: KafkaErrorContext): string => broker ?? brokers.join(', ');
const topicOf = (error: KafkajsError, context: KafkaErrorContext): string => {
  const topic = error.topic ?? context.topic;
  return topic === undefined ? 'a topic' : `topic "${topic}"`;
};

/** A broker that tells clients an address they cannot use is the commonest fault of Kafka in containers. */
const advertised = ({ broker }: KafkajsError, { brokers }: KafkaErrorContext): string =>
  broker === undefined || brokers.includes(broker)
    ? ''
    : ` (the cluster told us this address: advertised.listeners must name one that this machine can reach)`;

const unreachable = (
  code: string,
  what: string,
  cure = 'start the broker, or correct host and port',
): KafkaErrorReason => ({
  code,
  retryable: true,
  message: (error, context) => `${what} ${at(error, context)}${advertised(error, context) || `: ${cure}`}`,
});
const untrusted: KafkaErrorReason = {
  code: 'KAFKA_TLS_UNTRUSTED',
  retryable: true,
  message: (error, context) =>
    `the certificate of ${at(error, context)} is not trusted (${bare(error.message)}): give the CA certificate, or the right server name`,
};
const notTls: KafkaErrorReason = {
  code: 'KAFKA_TLS_MISMATCH',
  retryable: true,
  message: (error, context) =>
    `${at(error, context)} does not speak TLS (${bare(error.message)}): switch TLS off, or use the TLS listener's port`,
};
const refused = (what: string): KafkaErrorReason => ({
  code: 'KAFKA_NOT_AUTHORIZED',
  retryable: true,
  message: (_error, context) =>
    `the cluster does not allow us ${what}${context.topic ? ` on topic "${context.topic}"` : ''}: grant the right (ACL) to this user`,
});
const tooLarge: KafkaErrorReason = {
  code: 'KAFKA_RECORD_TOO_LARGE',
  retryable: false,
  message: (error, context) =>
    `the broker refuses the record as too large for ${topicOf(error, context)}: see max.message.bytes`,
};
const invalidRecord = (what: string): KafkaErrorReason => ({
  code: 'KAFKA_RECORD_INVALID',
  retryable: false,
  message: (error, context) => `the broker refuses the record for ${topicOf(error, context)}: ${what}`,
});

const connectionClosed: KafkaErrorReason = {
  code: 'KAFKA_CONNECTION_CLOSED',
  retryable: true,
  message: (error, context) =>
    `${at(error, context)} closed the connection: the broker stopped, wants SASL credentials, or is another kind of server`,
};
const timedOut: KafkaErrorReason = {
  code: 'KAFKA_TIMEOUT',
  retryable: true,
  message: (error, context) => `no answer from ${at(error, context)} in time (${bare(error.message)})`,
};
const authenticationFailed: KafkaErrorReason = {
  code: 'KAFKA_AUTHENTICATION_FAILED',
  retryable: true,
  message: (error) =>
    `the broker refuses the SASL login (${bare(error.message)}): check mechanism, username and password`,
};

const notReady: KafkaErrorReason = {
  code: 'KAFKA_NOT_READY',
  retryable: true,
  message: (error, context) =>
    `the cluster at ${context.brokers.join(', ')} is not ready (${bare(error.message)}): it elects a leader or is starting`,
};

/** By the socket's error code, the protocol's error type, or the class of kafkajs. */
export const kafkaErrorReasons: Readonly<Record<string, KafkaErrorReason>> = {
  ECONNREFUSED: unreachable('KAFKA_UNREACHABLE', 'nothing listens at'),
  EHOSTUNREACH: unreachable('KAFKA_UNREACHABLE', 'there is no route to'),
  ENETUNREACH: unreachable('KAFKA_UNREACHABLE', 'there is no route to'),
  ETIMEDOUT: unreachable('KAFKA_UNREACHABLE', 'no connection in time to'),
  ENOTFOUND: unreachable('KAFKA_HOST_UNKNOWN', 'there is no host', 'correct its name'),
  EAI_AGAIN: unreachable('KAFKA_HOST_UNKNOWN', 'the name service does not answer for', 'check the network'),
  ECONNRESET: connectionClosed,
  EPIPE: connectionClosed,
  KafkaJSConnectionClosedError: connectionClosed,
  KafkaJSNoBrokerAvailableError: unreachable('KAFKA_UNREACHABLE', 'no broker answers at'),
  KafkaJSRequestTimeoutError: timedOut,
  KafkaJSLockTimeout: timedOut,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted,
  EPROTO: notTls,
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  KafkaJSSASLAuthenticationError: authenticationFailed,
  SASL_AUTHENTICATION_FAILED: authenticationFailed,
  UNSUPPORTED_SASL_MECHANISM: authenticationFailed,
  ILLEGAL_SASL_STATE: {
    code: 'KAFKA_AUTHENTICATION_FAILED',
    retryable: true,
    message: (error, context) =>
      `${at(error, context)} asks for no SASL login: remove the credentials, or use its SASL listener`,
  },
  TOPIC_AUTHORIZATION_FAILED: refused('to use the topic'),
  GROUP_AUTHORIZATION_FAILED: refused('to use the consumer group'),
  CLUSTER_AUTHORIZATION_FAILED: refused('to do this'),
  UNKNOWN_TOPIC_OR_PARTITION: {
    code: 'KAFKA_TOPIC_UNKNOWN',
    retryable: true,
    message: (error, context) =>
      `${topicOf(error, context)} does not exist and the broker does not create it: create it, or correct the name`,
  },
  LEADER_NOT_AVAILABLE: notReady,
  NOT_LEADER_FOR_PARTITION: notReady,
  GROUP_LOAD_IN_PROGRESS: notReady,
  GROUP_COORDINATOR_NOT_AVAILABLE: notReady,
  NOT_COORDINATOR_FOR_GROUP: notReady,
  KafkaJSGroupCoordinatorNotFound: notReady,
  KafkaJSBrokerNotFound: notReady,
  NOT_ENOUGH_REPLICAS: {
    code: 'KAFKA_NOT_ENOUGH_REPLICAS',
    retryable: true,
    message: (error, context) =>
      `${topicOf(error, context)} has too few replicas in sync: start the other brokers, or lower min.insync.replicas`,
  },
  INCONSISTENT_GROUP_PROTOCOL: {
    code: 'KAFKA_GROUP_MISMATCH',
    retryable: true,
    message: (_error, { groupId }) =>
      `the group "${groupId ?? ''}" is used by consumers that share partitions in another way: use another group`,
  },
  INVALID_TOPIC_EXCEPTION: {
    code: 'KAFKA_TOPIC_INVALID',
    retryable: false,
    message: (error, context) =>
      `${topicOf(error, context)} is no valid name: use 1 to 249 letters, digits, dots, underscores or hyphens`,
  },
  MESSAGE_TOO_LARGE: tooLarge,
  RECORD_LIST_TOO_LARGE: tooLarge,
  CORRUPT_MESSAGE: invalidRecord('it is damaged, or a compacted topic wants a key'),
  INVALID_RECORD: invalidRecord("a compacted topic wants a key, or its timestamp is too far from the broker's clock"),
  INVALID_TIMESTAMP: invalidRecord("its timestamp is too far from the broker's clock"),
  UNSUPPORTED_FOR_MESSAGE_FORMAT: invalidRecord('the topic has an old message format without headers'),
  POLICY_VIOLATION: invalidRecord('it violates a policy of the cluster'),
  KafkaJSServerDoesNotSupportApiKey: {
    code: 'KAFKA_NOT_SUPPORTED',
    retryable: true,
    message: (error, context) =>
      `${at(error, context)} does not serve clients (${bare(error.message)}): it may be a controller's listener`,
  },
};
