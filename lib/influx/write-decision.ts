import { TwinError } from '../reading/twin-error';
import { reasonOf, retryAfterMs, shorten, TIMEOUT, type InfluxAnswer } from './influx-answer';
import type { InfluxVersion } from './influx-options';

/** What to do about the answer to a write. */
export type WriteDecision =
  /** All lines are stored. */
  | { readonly kind: 'accept' }
  /** The same lines again, later: the network, the server's load or state is at fault. */
  | { readonly kind: 'retry'; readonly error: TwinError }
  /** Wait for a person: the server refuses who we are. The lines are kept. */
  | { readonly kind: 'credentials'; readonly error: TwinError }
  /** Wait for a person: the place to write to is not there. The lines are kept. */
  | { readonly kind: 'destination'; readonly error: TwinError }
  /** These lines will never pass, each for its reason. What became of the others is not known: send them again. */
  | { readonly kind: 'reject'; readonly lines: ReadonlyMap<string, string> }
  /**
   * Some line will never pass, but which is not known. `dropped`: how many were not stored, where the server says so.
   */
  | { readonly kind: 'bisect'; readonly reason: string; readonly dropped?: number }
  /** Too much in one request. */
  | { readonly kind: 'shrink'; readonly reason: string };

/**
 * A server that refuses a body by its size often resets the connection before its 413 can be read. 1.x refuses from
 * 25,000,000 bytes on.
 */
const RESET_BY_SIZE_FROM = 20_000_000;

/** Refusals of the request as a whole: no line is at fault, so that none may be given up. */
const WRONG_DESTINATION = [
  /^retention policy not found/,
  /^database is required/,
  /^Please provide either orgID or org/,
  /^invalid precision/,
];
const DAMAGED_REQUEST = [/^gzip: /, /^unable to read data/, /^unexpected EOF/, /^zlib: /, /^flate: /];

/**
 * Decides by the answer alone. Only words in InfluxDB's own form can condemn a line: an error page of a proxy cannot.
 *
 * @param nowMs epoch milliseconds, to read a Retry-After that is a date
 */
export function decide(answer: InfluxAnswer, version: InfluxVersion, nowMs = Date.now()): WriteDecision {
  if (answer.status === 'none') {
    const { code, message, requestBytes } = answer;
    if (requestBytes > RESET_BY_SIZE_FROM && (code === 'ECONNRESET' || code === 'EPIPE')) {
      return { kind: 'shrink', reason: `the connection broke at ${requestBytes} bytes (${code})` };
    }
    const errorCode = code === TIMEOUT ? 'INFLUX_TIMEOUT' : 'INFLUX_UNREACHABLE';
    return retry(errorCode, `InfluxDB does not answer: ${message || code}`);
  }
  const { status } = answer;
  const reason = reasonOf(answer);
  const said = `InfluxDB answered ${status}: ${shorten(reason ?? (answer.body.trim() || 'nothing'))}`;
  // An empty success of a proxy or a login page is no receipt.
  if (status === 204 || (status >= 200 && status < 300 && answer.headers['x-influxdb-version']))
    return { kind: 'accept' };
  if (status === 401) return credentials('INFLUX_CREDENTIALS_REFUSED', `${said}: check the ${secretName(version)}`);
  if (status === 403) return credentials('INFLUX_ACCESS_DENIED', `${said}: grant the right to write`);
  if (status === 404 && reason === undefined) {
    return destination('INFLUX_WRONG_SERVER', `${said}: is this InfluxDB ${version}.x, and is the URL right?`);
  }
  if (status === 404) return destination('INFLUX_DESTINATION_MISSING', `${said}: create it, or correct its name`);
  if (status === 405 || (status >= 300 && status < 400)) {
    return destination('INFLUX_WRONG_SERVER', `${said}: is this InfluxDB ${version}.x, and is the URL right?`);
  }
  if (status === 413) return { kind: 'shrink', reason: said };
  if (reason !== undefined && matches(WRONG_DESTINATION, reason)) {
    return destination('INFLUX_DESTINATION_MISSING', `${said}: correct the options, or create it`);
  }
  if ((status === 400 || status === 422) && reason !== undefined) {
    return matches(DAMAGED_REQUEST, reason) ? retry('INFLUX_REQUEST_DAMAGED', said) : refusal(reason);
  }
  return retry('INFLUX_NOT_READY', said, retryAfterMs(answer, nowMs));
}

/** The server found fault with lines. */
function refusal(reason: string): WriteDecision {
  const lines = quotedLines(reason);
  if (lines.size > 0) return { kind: 'reject', lines };
  const [, before, after] = /\bdropped (\d+) points outside|\bdropped=(\d+)$/.exec(reason) ?? [];
  const dropped = before ?? after;
  return { kind: 'bisect', reason: shorten(reason), ...(dropped !== undefined && { dropped: Number(dropped) }) };
}

/**
 * Both servers quote each line that they could not parse: `unable to parse 'LINE': why`, one after the other. A line
 * that itself holds these words comes out cut, matches nothing that was sent, and is found by bisection.
 */
function quotedLines(reason: string): ReadonlyMap<string, string> {
  const lines = new Map<string, string>();
  const [, ...quotations] = reason.split("unable to parse '");
  for (const quotation of quotations) {
    const end = quotation.lastIndexOf("': ");
    if (end < 0) continue;
    const why = quotation.slice(end + 3).replace(/\s*( dropped=\d+)?\s*$/, '');
    lines.set(quotation.slice(0, end), shorten(`unable to parse: ${why}`));
  }
  return lines;
}

const matches = (patterns: readonly RegExp[], text: string): boolean => patterns.some((pattern) => pattern.test(text));

const secretName = (version: InfluxVersion): string => (version === '1' ? 'user name and password' : 'token');

const retry = (code: string, message: string, waitMs = 0): WriteDecision => ({
  kind: 'retry',
  error: waiting(code, message, waitMs > 0 ? { retryAfterMs: waitMs } : {}),
});

const credentials = (code: string, message: string): WriteDecision => ({
  kind: 'credentials',
  error: waiting(code, message),
});
const destination = (code: string, message: string): WriteDecision => ({
  kind: 'destination',
  error: waiting(code, message),
});

/** Retryable, since the same lines may pass once the cause is gone. */
const waiting = (code: string, message: string, facts: Record<string, number> = {}): TwinError =>
  new TwinError(code, message, { retryable: true, facts });
