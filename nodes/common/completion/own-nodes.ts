import type { Node } from '@node-red/registry';

/** Emitted by a node of ours when its close handler has ended: what it still holds then is lost to it. */
export const CLOSED = 'digital-twin:closed';

const own = new WeakSet<Node>();

/** Marks a node whose `done()` comes only from its server or its spool, however long that takes. */
export function markOwn(node: Node): void {
  own.add(node);
}

export const isOwn = (node: Node): boolean => own.has(node);
