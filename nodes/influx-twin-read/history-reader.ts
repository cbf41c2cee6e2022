import { InfluxFlux } from '../../lib/influx/influx-flux';
import { InfluxHistory } from '../../lib/influx/influx-history';
import type { InfluxConnectionOptions } from '../../lib/influx/influx-options';
import { TwinError } from '../../lib/reading/twin-error';
import type { OptionsOf } from '../common/definition';
import type { FlowMessage } from '../common/message';
import { historyQueryOf, ownQueryOf } from './message-query';
import type { definition } from './options';

/** A result as it goes out: a series, or an array of rows. */
type Series = { name: string; times: number[]; values: (number | null)[] };
type Result = Series | Record<string, unknown>[];

/** Turns messages into results, by the options of one node. */
export class HistoryReader {
  readonly history: InfluxHistory;
  readonly #connection: InfluxConnectionOptions;
  readonly #options: OptionsOf<typeof definition>;
  #flux: InfluxFlux | undefined;

  constructor(connection: InfluxConnectionOptions, options: OptionsOf<typeof definition>) {
    this.#connection = connection;
    this.#options = options;
    this.history = new InfluxHistory(connection, {
      chunkRows: options.batches ? options.batch : 5_000,
      maxPoints: options.batches ? Infinity : options.most,
    });
  }

  /** The parts of a result in order; empty ones are left out. @throws TwinError INFLUX_…, MESSAGE_PROPERTY */
  parts(message: FlowMessage, signal: AbortSignal): AsyncGenerator<Result> {
    const { query, output, influxql, flux } = this.#options;
    if (query === 'history') {
      const history = historyQueryOf(this.#options, message);
      if (output === 'series') return this.history.seriesBatches(history, signal);
      return this.history.rowBatches(history, signal);
    }
    const { text, parameters } = ownQueryOf(query === 'flux' ? flux : influxql, message);
    if (query === 'influxql') return this.history.queryBatches(text, parameters, signal);
    this.#flux ??= new InfluxFlux(this.#connection);
    return this.#flux.queryBatches(text, parameters, signal);
  }

  /** The whole result at once. @throws TwinError as `parts`, INFLUX_RESULT_TOO_LARGE */
  async whole(message: FlowMessage, signal: AbortSignal): Promise<Result> {
    const rows: Record<string, unknown>[] = [];
    let series: Series | undefined;
    let count = 0;
    for await (const part of this.parts(message, signal)) {
      count += sizeOf(part);
      if (count > this.#options.most) throw tooLarge(this.#options.most);
      if (Array.isArray(part)) {
        for (const row of part) rows.push(row);
      } else {
        series ??= { name: part.name, times: [], values: [] };
        for (const time of part.times) series.times.push(time);
        for (const value of part.values) series.values.push(value);
      }
    }
    return series ?? rows;
  }

  close(): void {
    this.history.close();
    this.#flux?.close();
  }
}

/** Points or rows. */
export const sizeOf = (result: Result): number => (Array.isArray(result) ? result.length : result.times.length);

const tooLarge = (most: number): TwinError =>
  new TwinError(
    'INFLUX_RESULT_TOO_LARGE',
    `the result has more than ${most} rows: narrow it, raise the limit, or have it in batches`,
  );
