/** What came back for one request: an answer by HTTP, or nothing. */
export type InfluxAnswer = HttpAnswer | NoAnswer;

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Size of what was sent, before compression. */
  readonly requestBytes: number;
}

export interface NoAnswer {
  readonly status: 'none';
  /** Node's error code (`ECONNREFUSED`, …), or `TIMEOUT`. */
  readonly code: string;
  readonly message: string;
  readonly requestBytes: number;
}

export const TIMEOUT = 'TIMEOUT';

/**
 * The reason in an error answer of InfluxDB: `{error}` (1.x, 3.x) or `{code, message}` (2.x). Undefined when nothing
 * shows that the answer is InfluxDB's own (a proxy's page, another server).
 */
export function reasonOf({ headers, body }: HttpAnswer): string | undefined {
  try {
    const { error, message } = (JSON.parse(body) ?? {}) as { error?: unknown; message?: unknown };
    if (typeof error === 'string') return error;
    if (typeof message === 'string') return message;
  } catch {
    // Not JSON, or cut short: the headers tell whose answer it is.
  }
  const header = headers['x-influxdb-error'];
  if (typeof header === 'string') return header;
  return headers['x-platform-error-code'] === undefined ? undefined : body;
}

/** Milliseconds that the server asks to wait (Retry-After in seconds or as a date; RFC 9110, 10.2.3), or 0. */
export function retryAfterMs({ headers }: HttpAnswer, nowMs: number): number {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return 0;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - nowMs);
}

/** The most of a server's words that goes into a message. */
const MAX_REASON = 300;

export function shorten(text: string): string {
  return text.length > MAX_REASON ? `${text.slice(0, MAX_REASON)} …` : text;
}
