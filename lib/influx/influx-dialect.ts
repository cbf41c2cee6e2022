import type { InfluxConnectionOptions, InfluxVersion } from './influx-options';
import { influxqlString, quoteIdentifier } from './influxql-text';

/** One HTTP request to InfluxDB, without host and prefix. */
export interface InfluxRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is to be deleted: the points of one measurement in [startMs, stopMs), of the series with all these tags. */
export interface DeleteRange {
  readonly measurement: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly startMs: number;
  readonly stopMs: number;
}

/** The requests of one server generation, for one database. */
export interface InfluxDialect {
  readonly version: InfluxVersion;
  /** The database in words, for messages. */
  readonly target: string;
  /** Line protocol with times in milliseconds; lines are joined by `\n`. */
  write(lines: string): InfluxRequest;
  /** An InfluxQL query whose answer comes in parts of `chunkRows` rows, times in epoch milliseconds. */
  influxql(query: string, parameters: Readonly<Record<string, unknown>>, chunkRows: number): InfluxRequest;
  deleteRange(range: DeleteRange): InfluxRequest;
}

const LINES = { 'Content-Type': 'text/plain; charset=utf-8' };
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const JSON_BODY = { 'Content-Type': 'application/json' };

/** The requests for the database of these options, in the dialect of `version`, whichever the options name. */
export function dialectOf(options: InfluxConnectionOptions, version: InfluxVersion): InfluxDialect {
  return version === '1' ? version1(options) : version2(options);
}

/** Sources: InfluxDB 1.x API reference, `/write` and `/query`; InfluxQL reference, DELETE. */
function version1({ database = '', retentionPolicy, username, password = '' }: InfluxConnectionOptions): InfluxDialect {
  const authorization = username
    ? { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
    : {};
  const writePath = withQuery('/write', { db: database, rp: retentionPolicy, precision: 'ns' });
  const influxql = influxqlRequest(authorization, database, retentionPolicy);
  return {
    version: '1',
    target: `database "${database}"`,
    write: (lines) => post(writePath, { ...authorization, ...LINES }, lines),
    influxql,
    // DELETE takes no retention policy: it deletes in all of them.
    deleteRange: ({ measurement, tags = {}, startMs, stopMs }) =>
      influxql(
        `DELETE FROM ${quoteIdentifier(measurement)} WHERE time >= ${startMs}ms AND time < ${stopMs}ms` +
          Object.entries(tags)
            .map(([key, value]) => ` AND ${quoteIdentifier(key)} = ${influxqlString(value)}`)
            .join(''),
        {},
        1,
      ),
  };
}

/** Sources: InfluxDB OSS 2 API reference, `/api/v2/write`, `/api/v2/delete` and, for InfluxQL, `/query`. */
function version2(options: InfluxConnectionOptions): InfluxDialect {
  const { org, bucket = '', token } = options;
  const authorization = tokenHeader(token);
  const writePath = withQuery('/api/v2/write', { org, bucket, precision: 'ns' });
  // Every bucket is mapped to a database of its name; `database/policy` splits at the slash.
  const [virtualDatabase, virtualPolicy] = splitBucket(bucket);
  const database = options.influxqlDatabase || virtualDatabase;
  return {
    version: '2',
    target: `bucket "${bucket}"`,
    write: (lines) => post(writePath, { ...authorization, ...LINES }, lines),
    influxql: influxqlRequest(authorization, database, options.retentionPolicy ?? virtualPolicy),
    deleteRange: ({ measurement, tags = {}, startMs, stopMs }) =>
      post(
        withQuery('/api/v2/delete', { org, bucket }),
        { ...authorization, ...JSON_BODY },
        JSON.stringify({
          start: new Date(startMs).toISOString(),
          stop: lastNanosecondBefore(stopMs),
          predicate: Object.entries({ _measurement: measurement, ...tags })
            .map(([key, value]) => `${quoteIdentifier(key)}=${quoteIdentifier(value)}`)
            .join(' AND '),
        }),
      ),
  };
}

/** Requests of a Flux query, whose body is its JSON form. Source: InfluxDB OSS 2 API reference, `/api/v2/query`. */
export function fluxRequest({ org, token }: InfluxConnectionOptions): (body: string) => InfluxRequest {
  const headers = { ...tokenHeader(token), ...JSON_BODY };
  const path = withQuery('/api/v2/query', { org });
  return (body) => post(path, headers, body);
}

/** Deletion on 2.x takes both ends in; RFC 3339 with nanoseconds. */
function lastNanosecondBefore(timeMs: number): string {
  return new Date(timeMs - 1).toISOString().replace('Z', '999999Z');
}

const tokenHeader = (token: string | undefined): Record<string, string> =>
  token ? { Authorization: `Token ${token}` } : {};

function splitBucket(bucket: string): [database: string, policy: string | undefined] {
  const slash = bucket.indexOf('/');
  return slash < 0 ? [bucket, undefined] : [bucket.slice(0, slash), bucket.slice(slash + 1)];
}

function influxqlRequest(
  authorization: Record<string, string>,
  db: string,
  rp: string | undefined,
): InfluxDialect['influxql'] {
  return (query, parameters, chunkRows) => {
    const params = Object.keys(parameters).length > 0 ? JSON.stringify(parameters) : undefined;
    const path = withQuery('/query', { db, rp, epoch: 'ms', chunked: 'true', chunk_size: String(chunkRows) });
    return post(path, { ...authorization, ...FORM }, withQuery('', { q: query, params }).slice(1));
  };
}

const post = (path: string, headers: Record<string, string>, body: string): InfluxRequest => ({
  method: 'POST',
  path,
  headers,
  body,
});

/** Answered by every generation, with its version in a header; says nothing of credentials or databases. */
export function pingRequest({ token }: InfluxConnectionOptions): InfluxRequest {
  // 3.x wants a token even here.
  return { method: 'GET', path: '/ping', headers: tokenHeader(token), body: '' };
}

/** A query string, without what is absent or empty; a space as %20, which every parser reads. */
function withQuery(path: string, values: Readonly<Record<string, string | undefined>>): string {
  const pairs = Object.entries(values).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return `${path}?${pairs.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&')}`;
}
