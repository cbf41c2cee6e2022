import { messageOf, TwinError } from '../reading/twin-error';

/** Which dialect a server speaks: `1` for InfluxDB 1.x; `2` for 2.x, and for 3.x by its 2.x write endpoint. */
export type InfluxVersion = '1' | '2';

/** Options of a TLS connection, in PEM; what is absent is Node's default. */
export interface InfluxTlsOptions {
  readonly ca?: string | Buffer | undefined;
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  readonly passphrase?: string | undefined;
  /** Default true: a certificate that does not verify is refused. */
  readonly rejectUnauthorized?: boolean | undefined;
  readonly servername?: string | undefined;
}

/** `auto`: the server is asked, by `/ping`, which takes no credentials. */
export type InfluxVersionChoice = InfluxVersion | 'auto';

/** One database of one server. With `auto`, the options of both dialects may be given. */
export interface InfluxConnectionOptions {
  /** `http://host:8086` or `https://…`; a path is kept as the prefix of every request. */
  readonly url: string;
  readonly version: InfluxVersionChoice;
  /** 1.x. */
  readonly database?: string | undefined;
  /** 1.x: absent means the database's default. */
  readonly retentionPolicy?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** 2.x: name or id. */
  readonly org?: string | undefined;
  /** 2.x: name or id. */
  readonly bucket?: string | undefined;
  readonly token?: string | undefined;
  /** 2.x: the database under which InfluxQL finds the bucket, where it is not the bucket's own name. */
  readonly influxqlDatabase?: string | undefined;
  /** Longest wait for the answer to a write, and for the next part of a query's answer (default 10,000). */
  readonly timeoutMs?: number | undefined;
  readonly tls?: InfluxTlsOptions | undefined;
}

export const DEFAULT_TIMEOUT_MS = 10_000;

/** Checks what can be checked without the server. Throws TwinError INFLUX_OPTIONS, which names the option. */
export function checkInfluxOptions(options: InfluxConnectionOptions): void {
  const url = parseUrl(options.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalid(`the URL must begin with http:// or https://, not ${url.protocol}//`);
  }
  if (url.username || url.password) throw invalid('the URL holds a user name or password: give them as credentials');
  if (/\/api\/v2\/?$/.test(url.pathname)) throw invalid('the URL ends with /api/v2: leave that out');
  if (options.version === '1' && !options.database) throw invalid('the name of the database is missing');
  if (options.version === '2' && !options.bucket) throw invalid('the name of the bucket is missing');
  if (!options.database && !options.bucket) throw invalid('the name of the database or bucket is missing');
}

function parseUrl(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw invalid(`the URL cannot be read (${messageOf(cause)}): write http://host:8086`, cause);
  }
}

const invalid = (what: string, cause?: unknown): TwinError =>
  new TwinError('INFLUX_OPTIONS', `InfluxDB connection: ${what}`, { cause });
