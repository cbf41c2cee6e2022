import { TwinError } from '../reading/twin-error';
import { annotatedCsvRows, type FluxRow } from './annotated-csv';
import { externOf, type FluxParameters } from './flux-parameters';
import { fluxRequest, type InfluxRequest } from './influx-dialect';
import { InfluxNoStream } from './influx-http';
import type { InfluxConnectionOptions } from './influx-options';
import { InfluxServer } from './influx-server';
import { errorOfAnswer } from './query-error';

/** Runs Flux queries of one's own on InfluxDB 2.x. */
export class InfluxFlux {
  readonly #server: InfluxServer;
  readonly #request: (body: string) => InfluxRequest;
  readonly #now: () => number;

  /** Throws TwinError INFLUX_OPTIONS, INFLUX_FLUX_UNSUPPORTED (1.x). */
  constructor(connection: InfluxConnectionOptions, now: () => number = Date.now) {
    if (connection.version === '1') throw unsupported();
    this.#server = new InfluxServer(connection);
    this.#request = fluxRequest(connection);
    this.#now = now;
  }

  /**
   * The rows of all tables, in parts as they arrive. The query finds the parameters in the record `params`.
   *
   * @throws TwinError as `errorOfAnswer`, `annotatedCsvRows` and `externOf` say; INFLUX_FLUX_UNSUPPORTED
   */
  async *queryBatches(query: string, parameters: FluxParameters = {}, signal?: AbortSignal): AsyncGenerator<FluxRow[]> {
    const { version } = await this.#server.dialect(signal ?? new AbortController().signal);
    if (version === '1') throw unsupported();
    const bound = Object.keys(parameters).length > 0;
    const body = JSON.stringify({
      query,
      ...(bound && { extern: externOf(parameters, this.#now()) }),
      dialect: { header: true, delimiter: ',', quoteChar: '"', commentPrefix: '#', annotations: ANNOTATIONS },
      type: 'flux',
    });
    try {
      yield* annotatedCsvRows(this.#server.http.stream(this.#request(body), signal));
    } catch (thrown) {
      throw thrown instanceof InfluxNoStream ? errorOfAnswer(thrown.answer, '2') : thrown;
    }
  }

  /** Drops the connections; what is being read fails. Idempotent. */
  close(): void {
    this.#server.http.close();
  }
}

const ANNOTATIONS = ['datatype', 'group', 'default'];

const unsupported = (): TwinError =>
  new TwinError('INFLUX_FLUX_UNSUPPORTED', 'Flux needs InfluxDB 2.x: use InfluxQL on 1.x');
