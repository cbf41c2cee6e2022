import { TwinError } from '../reading/twin-error';
import { sleep } from './abortable-sleep';
import type { Backoff } from './backoff';

export interface RetryOptions {
  /** Ends the waiting and the retrying; the promise then rejects with its reason. */
  readonly signal: AbortSignal;
  readonly backoff: Backoff;
  /** Whether the same work may succeed later. Default: a `TwinError` that says so. */
  readonly isRetryable?: (error: unknown) => boolean;
  /**
   * No wait after this error is longer, in milliseconds, unless the server asked for it. Default: as the backoff says.
   */
  readonly longestWaitMs?: (error: unknown) => number;
  /** Told before each wait; `attempt` counts the failures so far. */
  readonly onRetry?: (error: unknown, delayMs: number, attempt: number) => void;
}

const saysRetryable = (error: unknown): boolean => error instanceof TwinError && error.retryable;

/** The wait a server asked for (`facts.retryAfterMs`, from a Retry-After header), or 0. */
function askedForMs(error: unknown): number {
  const asked = error instanceof TwinError ? error.facts.retryAfterMs : undefined;
  return typeof asked === 'number' ? asked : 0;
}

/**
 * Runs `work` until it succeeds, fails for good, or is aborted. There is no limit of attempts: what may pass with time
 * is tried for as long as the owner lives. A wait that the server asked for is kept when it is longer than ours.
 * `work` gets the signal and must end soon after it aborts.
 */
export async function retryForever<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { signal, backoff, isRetryable = saysRetryable, longestWaitMs, onRetry }: RetryOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      const result = await work(signal);
      backoff.reset();
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (!isRetryable(error)) throw error;
      const delayMs = Math.max(Math.min(backoff.next(), longestWaitMs?.(error) ?? Infinity), askedForMs(error));
      onRetry?.(error, delayMs, attempt);
      await sleep(delayMs, signal);
    }
  }
}
