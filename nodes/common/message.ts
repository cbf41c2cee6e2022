import type { NodeMessage } from '@node-red/registry';
import type { TwinError } from '../../lib/reading/twin-error';

/** A message in a flow, with everything that other nodes have put on it. */
export interface FlowMessage extends NodeMessage {
  [property: string]: unknown;
}

/** `msg.error` of what leaves by a `rejected` output. */
export interface RejectedError {
  readonly message: string;
  readonly code: string;
  readonly source: { readonly id: string; readonly type: string; readonly name: string };
}

export function rejectedError(
  error: TwinError,
  node: { id: string; type: string; name?: string | undefined },
): RejectedError {
  return { message: error.message, code: error.code, source: { id: node.id, type: node.type, name: node.name ?? '' } };
}
