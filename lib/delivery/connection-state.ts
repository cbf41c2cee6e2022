import type { TwinError } from '../reading/twin-error';

/** Where a connection stands; `waiting` means down with a retry to come, `stopped` means closed by its owner. */
export type ConnectionState = 'connecting' | 'connected' | 'waiting' | 'stopped';

/** A change of state, with the reason when it is not a good one. */
export interface ConnectionChange {
  readonly state: ConnectionState;
  readonly error?: TwinError;
}
