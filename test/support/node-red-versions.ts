import { npm } from './npm';

/** A Node-RED under test and the Node.js that it asks for. */
export interface NodeRedVersion {
  readonly label: string;
  /** The name under which it is installed here. */
  readonly nodeRed: string;
  /** The path of a Node.js. */
  node(): string;
}

let node22: string | undefined;

/** Node-RED 5 wants Node 22; npm keeps one in its cache. */
function pathOfNode22(): string {
  if (Number(process.versions.node.split('.')[0]) >= 22) return process.execPath;
  node22 ??= npm(['exec', '--yes', '--package=node@22', '--', 'node', '-p', 'process.execPath'], process.cwd()).trim();
  return node22;
}

export const nodeRed4: NodeRedVersion = { label: 'Node-RED 4.1', nodeRed: 'node-red', node: () => process.execPath };
export const nodeRed5: NodeRedVersion = { label: 'Node-RED 5', nodeRed: 'node-red-5', node: pathOfNode22 };
export const nodeRedVersions: readonly NodeRedVersion[] = [nodeRed4, nodeRed5];
