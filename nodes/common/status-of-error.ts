import type { NodeAPI } from '@node-red/registry';
import type { TwinError } from '../../lib/reading/twin-error';

/**
 * A trouble in under 20 characters: the word for the error's code where the common words have one
 * (`common.trouble.<code>`), else for its kind. The whole sentence is in the log.
 */
export function statusOfError(RED: NodeAPI, error: TwinError): string {
  const key = `common.trouble.${error.code}`;
  const word = RED._(key);
  if (word && word !== key && !word.endsWith(key)) return word;
  return RED._(error.retryable ? 'common.status.waiting' : 'common.status.failed');
}
