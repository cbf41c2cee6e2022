import { TwinError } from '../reading/twin-error';

/** What a port's error text means, and what a person can do about it. */
const OPEN_ERRORS: readonly (readonly [pattern: RegExp, code: string, advice: string])[] = [
  [/lock|busy|EBUSY/i, 'SERIAL_PORT_BUSY', 'another program has it open; close that program'],
  [
    /permission|EACCES|access denied/i,
    'SERIAL_NOT_ALLOWED',
    'the user that runs Node-RED may not open it; on Linux add it to the group dialout',
  ],
  [
    /no such file|ENOENT|ENXIO|not found/i,
    'SERIAL_PORT_MISSING',
    'it is not there; plug the board in or correct the path',
  ],
];

/** The error for a port that does not open; retryable, since a board may be plugged in and a program may be closed. */
export function openError(port: string, cause: Error): TwinError {
  const known = OPEN_ERRORS.find(([pattern]) => pattern.test(cause.message));
  const [, code, advice] = known ?? [undefined, 'SERIAL_OPEN_FAILED', 'check the port and its settings'];
  const message = `${port} cannot be opened: ${advice} (${cause.message})`;
  return new TwinError(code, message, { retryable: true, cause, facts: { port } });
}

export function writeError(port: string, cause: Error): TwinError {
  const message = `writing to ${port} failed: ${cause.message}`;
  return new TwinError('SERIAL_WRITE_FAILED', message, { retryable: true, cause, facts: { port } });
}

export function lostError(port: string, cause: Error | null): TwinError {
  const reason = cause ? ` (${cause.message})` : '';
  const message = `${port} went away${reason}; it is opened again when it is back`;
  return new TwinError('SERIAL_PORT_LOST', message, { retryable: true, cause, facts: { port } });
}

export function notOpen(port: string): TwinError {
  const message = `${port} is not open: the bytes were not sent`;
  return new TwinError('SERIAL_CLOSED', message, { retryable: true, facts: { port } });
}
