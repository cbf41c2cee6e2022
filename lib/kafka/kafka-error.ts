import { messageOf, TwinError } from '../reading/twin-error';

/** Where an error arose, for its message. */
export interface KafkaErrorContext {
  /** The configured bootstrap addresses. */
  readonly brokers: readonly string[];
  readonly topic?: string;
  readonly groupId?: string;
}

/** What kafkajs puts on its errors. */
interface KafkajsError extends Error {
  readonly type?: string;
  readonly code?: string | number;
  readonly broker?: string;
  readonly topic?: string;
  readonly errors?: readonly unknown[];
  readonly groups?: readonly { error?: unknown }[];
}

interface Reason {
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

const unreachable = (code: string, what: string): Reason => ({
  code,
  retryable: true,
  message: (error, context) =>
    `${what} ${at(error, context)}${advertised(error, context) || ': start the broker, or correct host and port'}`,
});
const untrusted: Reason = {
  code: 'KAFKA_TLS_UNTRUSTED',
  retryable: true,
  message: (error, context) =>
    `the certificate of ${at(error, context)} is not trusted (${bare(error.message)}): give the CA certificate, or the right server name`,
};
const notTls: Reason = {
  code: 'KAFKA_TLS_MISMATCH',
  retryable: true,
  message: (error, context) =>
    `${at(error, context)} does not speak TLS (${bare(error.message)}): switch TLS off, or use the TLS listener's port`,
};
const refused = (what: string): Reason => ({
  code: 'KAFKA_NOT_AUTHORIZED',
  retryable: true,
  message: (_error, context) =>
    `the cluster does not allow us ${what}${context.topic ? ` on topic "${context.topic}"` : ''}: grant the right (ACL) to this user`,
});
const tooLarge: Reason = {
  code: 'KAFKA_RECORD_TOO_LARGE',
  retryable: false,
  message: (error, context) =>
    `the broker refuses the record as too large for ${topicOf(error, context)}: see max.message.bytes`,
};
const invalidRecord = (what: string): Reason => ({
  code: 'KAFKA_RECORD_INVALID',
  retryable: false,
  message: (error, context) => `the broker refuses the record for ${topicOf(error, context)}: ${what}`,
});

const connectionClosed: Reason = {
  code: 'KAFKA_CONNECTION_CLOSED',
  retryable: true,
  message: (error, context) =>
    `${at(error, context)} closed the connection: the broker stopped, wants SASL credentials, or is another kind of server`,
};
const timedOut: Reason = {
  code: 'KAFKA_TIMEOUT',
  retryable: true,
  message: (error, context) => `no answer from ${at(error, context)} in time (${bare(error.message)})`,
};
const authenticationFailed: Reason = {
  code: 'KAFKA_AUTHENTICATION_FAILED',
  retryable: true,
  message: (error) =>
    `the broker refuses the SASL login (${bare(error.message)}): check mechanism, username and password`,
};

/** By the socket's error code, the protocol's error type, or the class of kafkajs. */
const reasons: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: unreachable('KAFKA_UNREACHABLE', 'nothing listens at'),
  EHOSTUNREACH: unreachable('KAFKA_UNREACHABLE', 'there is no route to'),
  ENETUNREACH: unreachable('KAFKA_UNREACHABLE', 'there is no route to'),
  ETIMEDOUT: unreachable('KAFKA_UNREACHABLE', 'no connection in time to'),
  ENOTFOUND: unreachable('KAFKA_HOST_UNKNOWN', 'no such host:'),
  EAI_AGAIN: unreachable('KAFKA_HOST_UNKNOWN', 'the name service does not answer for'),
  ECONNRESET: connectionClosed,
  EPIPE: connectionClosed,
  KafkaJSConnectionClosedError: connectionClosed,
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

/** The message of kafkajs without its prefix. */
const bare = (message: string): string => message.replace(/^Connection error: /, '').trim();

/** The chain of causes, outermost first. */
function causes(thrown: unknown): KafkajsError[] {
  const chain: KafkajsError[] = [];
  let next: unknown = thrown;
  while (next instanceof Error && chain.length < 10) {
    const error = next as KafkajsError;
    chain.push(error);
    next = error.cause ?? error.errors?.[0] ?? error.groups?.[0]?.error;
  }
  return chain;
}

/** kafkajs does not know the protocol's newer error codes and only puts the number into the text. */
const newerTypes: Readonly<Record<string, string>> = { 'Unknown error code 87': 'INVALID_RECORD' };

function reasonOf(error: KafkajsError): Reason | undefined {
  const keys = [error.type, error.code, newerTypes[error.message], error.name];
  const known = keys.find((key) => key !== undefined && reasons[key]);
  return known === undefined ? undefined : reasons[known];
}

/**
 * Turns what kafkajs threw into an error that says what happened, where, and what to do. What is not known counts as
 * retryable: a reading is not given up for a reason that nobody understood.
 */
export function kafkaError(thrown: unknown, context: KafkaErrorContext): TwinError {
  if (thrown instanceof TwinError) return thrown;
  const chain = causes(thrown).reverse();
  for (const error of chain) {
    // Raised by our own socket check; kafkajs keeps only its code and its text.
    if (typeof error.code === 'string' && error.code.startsWith('KAFKA_')) {
      return new TwinError(error.code, bare(error.message), { retryable: true, cause: thrown });
    }
    if (/before secure TLS connection was established/.test(error.message))
      return build(notTls, error, context, thrown);
    if (/^Connection timeout/.test(error.message)) return build(reasons.ETIMEDOUT, error, context, thrown);
    const reason = reasonOf(error);
    if (reason) return build(reason, error, context, thrown);
  }
  return new TwinError('KAFKA_FAILED', `Kafka at ${context.brokers.join(', ')}: ${messageOf(chain[0] ?? thrown)}`, {
    retryable: true,
    cause: thrown,
  });
}

function build(reason: Reason | undefined, error: KafkajsError, context: KafkaErrorContext, cause: unknown): TwinError {
  if (!reason) return new TwinError('KAFKA_FAILED', messageOf(error), { retryable: true, cause });
  const topic = error.topic ?? context.topic;
  const facts = {
    brokers: context.brokers.join(', '),
    ...(topic === undefined ? {} : { topic }),
    ...(context.groupId === undefined ? {} : { groupId: context.groupId }),
  };
  return new TwinError(reason.code, reason.message(error, context), { retryable: reason.retryable, cause, facts });
}
