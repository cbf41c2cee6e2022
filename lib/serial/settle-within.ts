type Settle = (error?: Error | null) => void;

/**
 * A promise for work with a callback that some drivers never call: it rejects with `late()` after `limitMs`, and with
 * the signal's reason once that aborts.
 */
export function settleWithin(
  work: (settle: Settle) => void,
  limitMs: number,
  late: () => Error,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (end: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      end();
    };
    const aborted = (): void => finish(() => reject(signal?.reason as Error));
    const timer = setTimeout(() => finish(() => reject(late())), limitMs);
    if (signal?.aborted) return aborted();
    signal?.addEventListener('abort', aborted, { once: true });
    work((error) => finish(() => (error ? reject(error) : resolve())));
  });
}
