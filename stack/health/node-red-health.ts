import { messageOf, TwinError } from '../../lib/reading/twin-error';

export interface NodeRedState {
  /** Empty where the editor wants a log-in. */
  readonly version: string;
  /** False while flows are being loaded, and where a user has stopped them. */
  readonly flowsStarted: boolean;
}

/** Asks a Node-RED over HTTP for its settings, then for the state of its flows. Rejects with STACK_NODE_RED. */
export async function checkNodeRed(url: string, timeoutMs = 3_000): Promise<NodeRedState> {
  const ask = async (path: string): Promise<Record<string, unknown> | undefined> => {
    const response = await fetch(new URL(path, url), { signal: AbortSignal.timeout(timeoutMs) });
    if (response.status === 401) return undefined;
    if (!response.ok) throw new Error(`status ${response.status} for ${path}`);
    return (await response.json()) as Record<string, unknown>;
  };
  try {
    const settings = await ask('/settings');
    const flows = settings && (await ask('/flows/state'));
    const { version } = settings ?? {};
    return {
      version: typeof version === 'string' ? version.replace('-git', '') : '',
      flowsStarted: flows?.['state'] !== 'stop',
    };
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    throw new TwinError('STACK_NODE_RED', `Node-RED ${url}: ${messageOf(cause)}`, { retryable: true, cause: error });
  }
}
