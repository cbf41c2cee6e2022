import { TwinError } from '../reading/twin-error';
import { dialectOf, pingRequest, type InfluxDialect } from './influx-dialect';
import { InfluxHttp } from './influx-http';
import type { InfluxConnectionOptions, InfluxVersion } from './influx-options';
import { errorOfAnswer } from './query-error';

/** A server, and the dialect in which it is spoken to. */
export class InfluxServer {
  readonly http: InfluxHttp;
  readonly #options: InfluxConnectionOptions;
  #dialect: InfluxDialect | undefined;

  /** Throws TwinError INFLUX_OPTIONS. */
  constructor(options: InfluxConnectionOptions) {
    this.http = new InfluxHttp(options);
    this.#options = options;
    if (options.version !== 'auto') this.#dialect = dialectOf(options, options.version);
  }

  /**
   * The dialect as the options say, or as the server's version says; asked until it is known.
   *
   * @throws TwinError INFLUX_UNREACHABLE, INFLUX_TIMEOUT, INFLUX_WRONG_SERVER, INFLUX_OPTIONS (the name of the database
   *   or bucket is missing)
   */
  async dialect(signal: AbortSignal): Promise<InfluxDialect> {
    if (this.#dialect) return this.#dialect;
    const { family } = await this.version(signal);
    const { database, bucket } = this.#options;
    this.#dialect = dialectOf({ ...this.#options, database: database || bucket, bucket: bucket || database }, family);
    return this.#dialect;
  }

  /** The server's version as it says itself, and the dialect that fits. */
  async version(signal: AbortSignal): Promise<{ version: string; family: InfluxVersion }> {
    const answer = await this.http.exchange(pingRequest(this.#options), signal);
    const { version: chosen } = this.#options;
    if (answer.status === 'none') throw errorOfAnswer(answer, chosen);
    const header = answer.headers['x-influxdb-version'];
    if (typeof header !== 'string') {
      // It may be a proxy whose server is away.
      const message = `the server answers ${answer.status} without a version of InfluxDB: is the URL right?`;
      throw new TwinError('INFLUX_WRONG_SERVER', message, { retryable: true });
    }
    const version = header.replace(/^v/, '').replace(/~rc\d+$/, '');
    const family = version.startsWith('1.') ? '1' : '2';
    if (chosen !== 'auto' && chosen !== family) {
      const message = `the server is InfluxDB ${version}: choose version ${family}.x in the options`;
      throw new TwinError('INFLUX_WRONG_SERVER', message);
    }
    return { version, family };
  }
}
