import type { ConnectionChange, ConnectionState } from '../../lib/delivery/connection-state';

/** Anything that tells how its connection stands. */
interface Connected {
  readonly change: ConnectionChange;
  on(event: 'state', listener: (change: ConnectionChange) => void): unknown;
  off(event: 'state', listener: (change: ConnectionChange) => void): unknown;
}

/** Resolves with the next change to this state, or at once when it stands there. */
export function reaches(subject: Connected, state: ConnectionState): Promise<ConnectionChange> {
  if (subject.change.state === state) return Promise.resolve(subject.change);
  return new Promise((resolve) => {
    const listener = (change: ConnectionChange) => {
      if (change.state !== state) return;
      subject.off('state', listener);
      resolve(change);
    };
    subject.on('state', listener);
  });
}
