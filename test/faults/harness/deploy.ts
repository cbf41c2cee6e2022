import type { NodeRedProcess } from '../../support/node-red-process';
import type { FlowNode } from './fault-flow';

export type DeployKind = 'full' | 'nodes' | 'flows';

/**
 * Deploys as the editor does; `flows` must differ from what runs for anything but a full deploy to stop something.
 * @returns how long it took, in seconds
 */
export async function deploy(red: NodeRedProcess, kind: DeployKind, flows: readonly FlowNode[]): Promise<number> {
  const begunMs = performance.now();
  const answer = await fetch(`${red.url}/flows`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': kind },
    body: JSON.stringify(flows),
  });
  if (answer.status !== 204) throw new Error(`the deploy was answered ${answer.status}: ${await answer.text()}`);
  return (performance.now() - begunMs) / 1000;
}

/** The same flow with other names on these nodes: each is stopped and made anew, in kinds that look for changes. */
export const renamed = (flows: readonly FlowNode[], ids: readonly string[], name: string): FlowNode[] =>
  flows.map((node) => (ids.includes(node.id) ? { ...node, name } : node));
