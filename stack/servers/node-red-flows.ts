import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SHIPPED = ['reference.json', 'dashboard.json'];

type FlowItem = Readonly<Record<string, unknown>> & { readonly id: string };

/**
 * Puts the flows that ship into the user folder. A flow file that was edited is kept; one that is still as it was
 * written here follows the flows that ship.
 */
export function placeFlows(folder: string, packDir: string, log: (line: string) => void): void {
  const flowFile = join(folder, 'flows.json');
  const markFile = join(folder, 'shipped-flows.sha256');
  const { text, count } = shippedFlows(packDir);
  const mark = digest(text);
  if (existsSync(flowFile)) {
    const markBefore = existsSync(markFile) ? readFileSync(markFile, 'utf8') : '';
    if (markBefore === mark) return;
    if (digest(readFileSync(flowFile, 'utf8')) !== markBefore) {
      log('  the flows that ship have changed; yours are kept (npm start -- --fresh loads the new ones)');
      return;
    }
  }
  if (count === 0) log('  this checkout ships no flows: Node-RED starts with an empty page');
  writeFileSync(flowFile, text);
  writeFileSync(markFile, mark);
}

/** The flows that ship as the text of one flow file, and from how many files. */
export function shippedFlows(packDir: string): { text: string; count: number } {
  const paths = SHIPPED.map((name) => join(packDir, 'flows', name)).filter(existsSync);
  return { text: `${JSON.stringify(mergeFlows(paths.map(readFlow)), undefined, 4)}\n`, count: paths.length };
}

/** One flow file out of several; an id that occurs again (a shared config node) is taken once, from the first. */
export function mergeFlows(flows: readonly (readonly FlowItem[])[]): FlowItem[] {
  const byId = new Map<string, FlowItem>();
  for (const item of flows.flat()) if (!byId.has(item.id)) byId.set(item.id, item);
  return [...byId.values()];
}

const readFlow = (path: string): FlowItem[] => JSON.parse(readFileSync(path, 'utf8')) as FlowItem[];

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
