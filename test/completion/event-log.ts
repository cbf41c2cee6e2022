import type { NodeRedProcess } from '../support/node-red-process';
import { until } from '../support/until';

/** A line that the test's own nodes have printed. */
export interface CompletionEvent {
  readonly kind: 'settled' | 'stored';
  readonly name: string;
  readonly payload: unknown;
  readonly failed?: number;
  readonly unconfirmed?: number;
  readonly stopped?: boolean;
}

export function eventsOf(red: NodeRedProcess): CompletionEvent[] {
  return [...red.log().matchAll(/^EVENT (.*)$/gm)].map((match) => JSON.parse(match[1] ?? '') as CompletionEvent);
}

/** The messages of a source that have settled, once there are so many. */
export async function settledOf(red: NodeRedProcess, name: string, count: number): Promise<CompletionEvent[]> {
  const settled = (): CompletionEvent[] =>
    eventsOf(red).filter((event) => event.kind === 'settled' && event.name === name);
  await until(() => settled().length >= count, 15_000, `${count} settled messages of ${name}`);
  return settled();
}
