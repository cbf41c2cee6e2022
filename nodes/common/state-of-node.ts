import { join } from 'node:path';
import type { TwinError } from '../../lib/reading/twin-error';
import type { NodeDefinition } from './definition';
import { KeptState } from './kept-state';
import type { NodeContext } from './node-context';

/**
 * The kept state of a node, in `<userDir>/digital-twin/state/<node id>.json`; undefined where Node-RED has no user
 * folder. Written at most every `everyMs`. Its troubles go to the log, at most one line a minute.
 */
export function stateOfNode<D extends NodeDefinition>(
  context: NodeContext<D>,
  everyMs?: number,
): KeptState | undefined {
  const { userDir } = context.RED.settings;
  if (!userDir) return undefined;
  const file = join(userDir, 'digital-twin', 'state', `${encodeURIComponent(context.node.id)}.json`);
  const onTrouble = (error: TwinError): void => context.mention(error);
  return new KeptState({ file, onTrouble, ...(everyMs === undefined ? {} : { everyMs }) });
}

/**
 * Whether a node that Node-RED stops as removed was deleted: a disabled one, or one whose tab is disabled, is stopped
 * in the same way but comes back. A node in a subflow has the id of the subflow's instance before its own.
 */
export function wasDeleted<D extends NodeDefinition>({ RED, node }: NodeContext<D>): boolean {
  let there = false;
  RED.nodes.eachNode(({ id }) => {
    if (node.id === id || node.id.startsWith(`${id}-`)) there = true;
  });
  return !there;
}
