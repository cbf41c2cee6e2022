import { messageOf, TwinError } from '../../lib/reading/twin-error';

/**
 * Asks a Node-RED over HTTP for its settings; gives its version, or an empty text where the editor wants a log-in.
 * Rejects with STACK_NODE_RED.
 */
export async function checkNodeRed(url: string, timeoutMs = 3_000): Promise<string> {
  try {
    const response = await fetch(new URL('/settings', url), { signal: AbortSignal.timeout(timeoutMs) });
    if (response.status === 401) return '';
    if (!response.ok) throw new Error(`status ${response.status}`);
    return ((await response.json()) as { version?: string }).version ?? '';
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    throw new TwinError('STACK_NODE_RED', `Node-RED ${url}: ${messageOf(cause)}`, { retryable: true, cause: error });
  }
}
