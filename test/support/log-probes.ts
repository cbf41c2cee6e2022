import type { NodeRedProcess } from './node-red-process';
import { until } from './until';

type FlowNode = Record<string, unknown> & { readonly id: string };

/** A debug node that writes one property of each message to Node-RED's log, under its own name. */
const printer = (name: string, property: string): FlowNode => ({
  ...{ id: name, type: 'debug', z: 'flow', x: 500, y: 100, name, wires: [] },
  ...{ active: true, tosidebar: false, console: true, tostatus: false, complete: property, targetType: 'msg' },
});

/** Core nodes that write the colour of a node's status to the log, as an operator sees it. */
export const statusProbe = (id: string): FlowNode[] => [
  { id: `status-of-${id}`, type: 'status', z: 'flow', x: 300, y: 100, scope: [id], wires: [[`state-${id}`]] },
  printer(`state-${id}`, 'status.fill'),
];

/** A core node to wire to a `rejected` output: writes the code of each rejection to the log. */
export const rejectionProbe = (id: string): FlowNode => printer(`rejected-${id}`, 'error.code');

const printed = (red: NodeRedProcess, name: string): string[] =>
  red
    .log()
    .split('\n')
    .flatMap((line) => line.split(`[debug:${name}] `)[1] ?? []);

/** Resolves once the last status of each of the nodes is the green dot. */
export async function untilGreen(red: NodeRedProcess, ids: readonly string[]): Promise<void> {
  for (const id of ids)
    await until(() => printed(red, `state-${id}`).at(-1) === 'green', 30_000, `the green dot of ${id}`);
}

/** The codes of all rejections of a node, in their order, once there are `count`. */
export async function rejectionsOf(red: NodeRedProcess, id: string, count: number): Promise<string[]> {
  const codes = (): string[] => printed(red, `rejected-${id}`);
  await until(() => codes().length >= count, 30_000, `${count} rejections of ${id}`);
  return codes();
}
