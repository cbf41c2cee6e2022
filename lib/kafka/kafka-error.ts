import { messageOf, TwinError } from '../reading/twin-error';
import {
  bare,
  type KafkaErrorContext,
  type KafkaErrorReason,
  kafkaErrorReasons,
  type KafkajsError,
} from './kafka-error-reasons';

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

function reasonOf(error: KafkajsError): KafkaErrorReason | undefined {
  const keys = [error.type, error.code, newerTypes[error.message], error.name];
  const known = keys.find((key) => key !== undefined && kafkaErrorReasons[key]);
  return known === undefined ? undefined : kafkaErrorReasons[known];
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
      return build(kafkaErrorReasons.EPROTO, error, context, thrown);
    if (/^Connection timeout/.test(error.message)) return build(kafkaErrorReasons.ETIMEDOUT, error, context, thrown);
    const reason = reasonOf(error);
    if (reason) return build(reason, error, context, thrown);
  }
  return new TwinError('KAFKA_FAILED', `Kafka at ${context.brokers.join(', ')}: ${messageOf(chain[0] ?? thrown)}`, {
    retryable: true,
    cause: thrown,
  });
}

function build(
  reason: KafkaErrorReason | undefined,
  error: KafkajsError,
  context: KafkaErrorContext,
  cause: unknown,
): TwinError {
  if (!reason) return new TwinError('KAFKA_FAILED', messageOf(error), { retryable: true, cause });
  const topic = error.topic ?? context.topic;
  const facts = {
    brokers: context.brokers.join(', '),
    ...(topic === undefined ? {} : { topic }),
    ...(context.groupId === undefined ? {} : { groupId: context.groupId }),
  };
  return new TwinError(reason.code, reason.message(error, context), { retryable: reason.retryable, cause, facts });
}
