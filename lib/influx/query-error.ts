import { TwinError } from '../reading/twin-error';
import { reasonOf, shorten, TIMEOUT, type InfluxAnswer } from './influx-answer';
import type { InfluxVersionChoice } from './influx-options';

/** Reasons that pass with time though they come with 200 or 400. */
const OVERLOAD = [/limit exceeded/, /^queue length exceeded/, /timeout/i, /^memory allocation limit reached/];
const MISSING = [
  /^database not found/,
  /^database name required/,
  /^retention policy not found/,
  /could not find bucket/,
  /organization name .* not found/,
  /Please provide either orgID or org/,
];

/**
 * What a query's or a deletion's answer means when it is no success. The error's `retryable` says if it may pass later.
 */
export function errorOfAnswer(answer: InfluxAnswer, version: InfluxVersionChoice): TwinError {
  if (answer.status === 'none') {
    const code = answer.code === TIMEOUT ? 'INFLUX_TIMEOUT' : 'INFLUX_UNREACHABLE';
    return error(code, `InfluxDB does not answer: ${answer.message || answer.code}`, true);
  }
  const { status } = answer;
  const reason = reasonOf(answer);
  const said = `InfluxDB answered ${status}: ${shorten(reason ?? (answer.body.trim() || 'nothing'))}`;
  if (status === 401) {
    const secret = version === '1' ? 'user name and password' : 'token';
    return error('INFLUX_CREDENTIALS_REFUSED', `${said}: check the ${secret}`);
  }
  if (status === 403) return error('INFLUX_ACCESS_DENIED', `${said}: grant the right to do this`);
  if (reason !== undefined && (status < 500 || status === 501)) return errorOfReason(reason, said, status);
  if (status < 500 && status !== 408 && status !== 429) {
    return error('INFLUX_WRONG_SERVER', `${said}: is this InfluxDB ${version}.x, and is the URL right?`);
  }
  return error('INFLUX_NOT_READY', said, true);
}

/** What the server's own words mean, also those within an answer of success. */
export function errorOfReason(reason: string, said = `InfluxDB answered: ${shorten(reason)}`, status = 200): TwinError {
  if (status === 408 || status === 429 || matches(OVERLOAD, reason)) return error('INFLUX_NOT_READY', said, true);
  if (status === 404 || matches(MISSING, reason)) {
    return error('INFLUX_DESTINATION_MISSING', `${said}: correct its name, or create it`);
  }
  return error('INFLUX_QUERY_FAILED', said);
}

const matches = (patterns: readonly RegExp[], text: string): boolean => patterns.some((pattern) => pattern.test(text));

const error = (code: string, message: string, retryable = false): TwinError =>
  new TwinError(code, message, { retryable });
