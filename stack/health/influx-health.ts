import { messageOf, TwinError } from '../../lib/reading/twin-error';

/** How to reach an InfluxDB; `database` is the bucket's name on 2.x. */
export interface InfluxAddress {
  readonly url: string;
  readonly database: string;
  readonly username?: string;
  readonly password?: string;
  readonly token?: string;
}

interface InfluxQlAnswer {
  readonly error?: string;
  readonly results?: readonly { readonly error?: string; readonly series?: readonly InfluxQlSeries[] }[];
}

export interface InfluxQlSeries {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values: readonly (readonly (string | number | boolean | null)[])[];
}

/**
 * Asks a server in its own protocol: `/ping`, then a query, as the ping stays green when queries are refused.
 * Gives the version it says, such as `1.6.7` or `2.8.0`. Rejects with STACK_INFLUX.
 */
export async function checkInflux(address: InfluxAddress, timeoutMs = 3_000): Promise<string> {
  const answer = await request(address, new URL('/ping', address.url), timeoutMs);
  const version = answer.headers.get('x-influxdb-version')?.replace(/^v/, '').split('~')[0] ?? 'of unknown version';
  await queryInflux(address, 'SHOW MEASUREMENTS LIMIT 1', timeoutMs);
  return version;
}

/**
 * Sends InfluxQL (which 1.x, 2.x and 3.x all take at `/query`); times come back as epoch ms. Rejects with STACK_INFLUX.
 */
export async function queryInflux(
  address: InfluxAddress,
  query: string,
  timeoutMs = 10_000,
): Promise<InfluxQlSeries[]> {
  const url = new URL('/query', address.url);
  url.searchParams.set('db', address.database);
  url.searchParams.set('epoch', 'ms');
  const response = await request(address, url, timeoutMs, new URLSearchParams({ q: query }));
  const text = await response.text();
  let answer: InfluxQlAnswer;
  try {
    answer = JSON.parse(text) as InfluxQlAnswer;
  } catch {
    throw refused(address, `status ${response.status} with an answer that is no JSON: ${text.slice(0, 80)}`);
  }
  const error = answer.error ?? answer.results?.find((result) => result.error)?.error;
  if (error) throw refused(address, error);
  if (!response.ok) throw refused(address, `status ${response.status}`);
  return answer.results?.flatMap((result) => result.series ?? []) ?? [];
}

async function request(address: InfluxAddress, url: URL, timeoutMs: number, body?: URLSearchParams): Promise<Response> {
  const { username, password, token } = address;
  const headers: Record<string, string> = {};
  if (token) headers['authorization'] = `Token ${token}`;
  else if (username)
    headers['authorization'] = `Basic ${Buffer.from(`${username}:${password ?? ''}`).toString('base64')}`;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    return await fetch(url, { headers, signal, ...(body ? { method: 'POST', body } : {}) });
  } catch (error) {
    const cause = error instanceof Error && error.cause ? error.cause : error;
    throw refused(address, messageOf(cause), error);
  }
}

function refused({ url }: InfluxAddress, reason: string, cause?: unknown): TwinError {
  return new TwinError('STACK_INFLUX', `InfluxDB ${new URL(url).origin}: ${reason}`, { retryable: true, cause });
}
