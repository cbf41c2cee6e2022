import { TwinError } from '../reading/twin-error';

/** As long as clients in Java wait (`reconnect.backoff.max.ms`): a broker that is back is not to wait for us. */
const RETURNING_MS = 1_000;
/** What a broker that is away, or just coming back, answers; to ask again costs next to nothing. */
const RETURNING: readonly string[] = [
  'KAFKA_UNREACHABLE',
  'KAFKA_CONNECTION_CLOSED',
  'KAFKA_NOT_READY',
  'KAFKA_BROKER_LOST',
];

/**
 * No wait for the next attempt to connect is longer than this, in milliseconds; other errors are left to the backoff.
 */
export const longestWaitMs = (error: unknown): number =>
  error instanceof TwinError && RETURNING.includes(error.code) ? RETURNING_MS : Infinity;
