import type { NodeRedProcess } from '../../support/node-red-process';

interface NodeMetrics {
  readonly id: string;
  readonly status: { readonly kind: string; readonly text: string };
  readonly counters: Readonly<Record<string, number>>;
  readonly gauges: Readonly<Record<string, number>>;
  readonly lastError: string;
}

/** What a node tells those who watch it. */
export async function metricsOf(red: NodeRedProcess, id: string): Promise<NodeMetrics> {
  const answer = await fetch(`${red.url}/digital-twin/metrics`);
  const { nodes } = (await answer.json()) as { nodes: readonly NodeMetrics[] };
  const found = nodes.find((node) => node.id === id);
  if (!found) throw new Error(`no metrics of ${id}`);
  return found;
}
