import { TwinError } from '../reading/twin-error';
import { influxqlOf, type HistoryQuery } from './history-query';
import type { DeleteRange } from './influx-dialect';
import { InfluxNoStream } from './influx-http';
import type { InfluxConnectionOptions } from './influx-options';
import { InfluxServer } from './influx-server';
import { influxqlBlocks, type InfluxqlBlock, type InfluxqlValue } from './influxql-blocks';
import { errorOfAnswer } from './query-error';

/** Values over time: epoch milliseconds, rising; null where a window was empty. */
export interface HistorySeries {
  readonly name: string;
  readonly times: number[];
  readonly values: (number | null)[];
}

/** One moment: `time` in epoch milliseconds, and each field by its name. */
export type HistoryRow = { time: number } & Record<string, InfluxqlValue>;

/** A row of a query of one's own: the columns, the tags that it is grouped by, `time` in epoch milliseconds. */
export type InfluxqlRow = Record<string, InfluxqlValue>;

export interface InfluxHistoryOptions {
  /** A result of more points fails rather than fill the memory (default 1,000,000). */
  readonly maxPoints?: number | undefined;
  /** Rows in one part of the answer, hence in a batch (default 5,000). */
  readonly chunkRows?: number | undefined;
  readonly now?: (() => number) | undefined;
}

/**
 * Reads what one database holds, by InfluxQL over `/query`, the one language of 1.x, 2.x and 3.x; and deletes from it.
 * Every method throws TwinErrors: as `errorOfAnswer`, `influxqlBlocks` and `influxqlOf` say, and
 * INFLUX_RESULT_TOO_LARGE.
 */
export class InfluxHistory {
  readonly #server: InfluxServer;
  readonly #maxPoints: number;
  readonly #chunkRows: number;
  readonly #now: () => number;

  /** Throws TwinError INFLUX_OPTIONS. */
  constructor(connection: InfluxConnectionOptions, options: InfluxHistoryOptions = {}) {
    this.#server = new InfluxServer(connection);
    this.#maxPoints = options.maxPoints ?? 1_000_000;
    this.#chunkRows = options.chunkRows ?? 5_000;
    this.#now = options.now ?? Date.now;
  }

  /** One field as a series. A boolean counts as 1 or 0; text is refused (INFLUX_FIELD_NOT_NUMERIC). */
  async series(query: HistoryQuery, signal?: AbortSignal): Promise<HistorySeries> {
    const whole: HistorySeries = { name: '', times: [], values: [] };
    let name = '';
    for await (const part of this.seriesBatches(query, signal)) {
      name = part.name;
      for (const time of part.times) whole.times.push(time);
      for (const value of part.values) whole.values.push(value);
    }
    return { ...whole, name };
  }

  /** The same in parts, in order of time, each as large as a part of the answer. At least one, which may be empty. */
  async *seriesBatches(query: HistoryQuery, signal?: AbortSignal): AsyncGenerator<HistorySeries> {
    const [name = '', ...more] = typeof query.field === 'string' ? [query.field] : query.field;
    if (more.length > 0) {
      throw new TwinError('INFLUX_HISTORY_OPTIONS', 'a series has one field: read several as rows');
    }
    let parts = 0;
    for await (const rows of this.#selected({ ...query, field: name }, signal)) {
      parts++;
      yield {
        name,
        times: rows.map(([time]) => Number(time)),
        values: rows.map(([, value]) => numeric(value ?? null, name)),
      };
    }
    if (parts === 0) yield { name, times: [], values: [] };
  }

  /** One or more fields as rows, in parts, in order of time. */
  async *rowBatches(query: HistoryQuery, signal?: AbortSignal): AsyncGenerator<HistoryRow[]> {
    const fields = typeof query.field === 'string' ? [query.field] : query.field;
    for await (const rows of this.#selected(query, signal)) {
      yield rows.map(([time, ...values]) => ({
        ...Object.fromEntries(fields.map((field, index) => [field, values[index] ?? null])),
        time: Number(time),
      }));
    }
  }

  /**
   * A query of one's own, as it stands, in parts. Values belong into `parameters` and are named `$name` in the text.
   * Several statements give their rows one after the other.
   */
  async *queryBatches(
    text: string,
    parameters: Readonly<Record<string, unknown>> = {},
    signal?: AbortSignal,
  ): AsyncGenerator<InfluxqlRow[]> {
    for await (const { columns, values, tags } of this.#blocks(text, parameters, signal)) {
      yield values.map((row) => ({
        ...tags,
        ...Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])),
      }));
    }
  }

  /** Deletes the points of a measurement in [startMs, stopMs), of the series with all of these tags. */
  async deleteRange(range: DeleteRange, signal = never()): Promise<void> {
    if (!range.measurement || !(range.startMs < range.stopMs)) {
      throw new TwinError('INFLUX_HISTORY_OPTIONS', 'a deletion needs a measurement and a range that is not empty');
    }
    const dialect = await this.#server.dialect(signal);
    const answer = await this.#server.http.exchange(dialect.deleteRange(range), signal);
    if (answer.status === 'none' || answer.status >= 300) throw errorOfAnswer(answer, dialect.version);
    if (answer.status === 204) return;
    // 1.x deletes by a query, whose errors hide in an answer of success.
    for await (const block of influxqlBlocks(once(Buffer.from(answer.body)))) void block;
  }

  /** Drops the connections; what is being read fails. Idempotent. */
  close(): void {
    this.#server.http.close();
  }

  /** Rows [time, value, …] in order of time, in parts. */
  async *#selected(query: HistoryQuery, signal?: AbortSignal): AsyncGenerator<(readonly InfluxqlValue[])[]> {
    const { text, descending } = influxqlOf(query, this.#now(), this.#maxPoints);
    const newestFirst: (readonly InfluxqlValue[])[] = [];
    let count = 0;
    for await (const { values } of this.#blocks(text, {}, signal)) {
      count += values.length;
      if (count > this.#maxPoints) throw tooLarge(this.#maxPoints);
      if (!descending) yield [...values];
      else for (const row of values) newestFirst.push(row);
    }
    newestFirst.reverse();
    for (let from = 0; from < newestFirst.length; from += this.#chunkRows) {
      yield newestFirst.slice(from, from + this.#chunkRows);
    }
  }

  async *#blocks(
    text: string,
    parameters: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): AsyncGenerator<InfluxqlBlock> {
    const dialect = await this.#server.dialect(signal ?? never());
    const request = dialect.influxql(text, parameters, this.#chunkRows);
    try {
      yield* influxqlBlocks(this.#server.http.stream(request, signal));
    } catch (thrown) {
      throw thrown instanceof InfluxNoStream ? errorOfAnswer(thrown.answer, dialect.version) : thrown;
    }
  }
}

/** A signal that does not abort. */
const never = (): AbortSignal => new AbortController().signal;

function numeric(value: InfluxqlValue, field: string): number | null {
  if (typeof value === 'number' || value === null) return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw new TwinError('INFLUX_FIELD_NOT_NUMERIC', `field "${field}" holds text: read it as rows`);
}

const tooLarge = (maxPoints: number): TwinError =>
  new TwinError(
    'INFLUX_RESULT_TOO_LARGE',
    `the result has more than ${maxPoints} points: narrow the range, use a window, or raise the limit`,
  );

async function* once<T>(value: T): AsyncGenerator<T> {
  yield await Promise.resolve(value);
}
