import { TwinError } from '../reading/twin-error';
import { influxqlString, quoteIdentifier } from './influxql-text';
import { durationMs, isRelative, timeOf, type TimeInput } from './time-range';

/** Functions over the values of one window. Source: InfluxQL reference, "Functions". */
export const AGGREGATES = [
  'mean',
  'median',
  'min',
  'max',
  'first',
  'last',
  'sum',
  'count',
  'spread',
  'stddev',
  'mode',
] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/**
 * What stands in a window without a value: nothing at all, null, the value before, a line between neighbours, a number.
 */
export type Fill = 'none' | 'null' | 'previous' | 'linear' | number;

/** History without writing a query. */
export interface HistoryQuery {
  readonly measurement: string;
  /** One field, or several for rows. */
  readonly field: string | readonly string[];
  /** Only series with these tags; a list means any of its values. */
  readonly tags?: Readonly<Record<string, string | readonly string[]>> | undefined;
  /**
   * From (included) and to (not included); default to now. Where there is a window, a moment relative to now stands for
   * the last edge of a window before it: no value is then that of a part of a window. A range shorter than that stays.
   */
  readonly start: TimeInput;
  readonly stop?: TimeInput | undefined;
  /** Window of the aggregate: milliseconds, or `5m` and the like. */
  readonly every?: number | string | undefined;
  /** Default `mean` where there is a window; not allowed without one. */
  readonly aggregate?: Aggregate | undefined;
  /** Default `none`. */
  readonly fill?: Fill | undefined;
  /** At most so many points, the newest of the range. */
  readonly limit?: number | undefined;
}

/** A query in InfluxQL, and how its answer is laid out. */
export interface InfluxqlSelect {
  readonly text: string;
  /** The fields in the order of the columns that follow the time. */
  readonly fields: readonly string[];
  /** The newest come first. */
  readonly descending: boolean;
}

/**
 * The InfluxQL of a history query. Every name and value is quoted or a number: none can change the query.
 *
 * @param maxRows the query asks for one row more at most, so that a longer result is noticed; may be Infinity
 * @throws TwinError INFLUX_HISTORY_OPTIONS, INFLUX_TIME_INVALID, INFLUX_DURATION_INVALID, INFLUX_NAME_INVALID
 */
export function influxqlOf(query: HistoryQuery, nowMs: number, maxRows: number): InfluxqlSelect {
  const { measurement, field, tags = {}, start, stop = 'now', every, aggregate, fill = 'none', limit } = query;
  const fields = typeof field === 'string' ? [field] : field;
  if (!measurement || fields.length === 0 || fields.includes('')) throw invalid('a measurement and a field are needed');
  if (every === undefined && aggregate !== undefined) throw invalid('an aggregate needs a window (every)');
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) throw invalid('the limit must be a whole number');
  let startMs = Math.round(timeOf(start, nowMs));
  let stopMs = Math.round(timeOf(stop, nowMs));
  if (startMs >= stopMs) throw invalid(`the range is empty: from ${isoTime(startMs)} to ${isoTime(stopMs)}`);

  let expression = (name: string): string => quoteIdentifier(name);
  let groups = '';
  if (every !== undefined) {
    const functionName = aggregate ?? 'mean';
    if (!AGGREGATES.includes(functionName))
      throw invalid(`"${functionName as string}" is none of ${AGGREGATES.join(', ')}`);
    const windowMs = durationMs(every);
    const edgeOf = (time: TimeInput, ms: number): number =>
      isRelative(time) ? Math.floor(ms / windowMs) * windowMs : ms;
    const edges = [edgeOf(start, startMs), edgeOf(stop, stopMs)] as const;
    if (edges[0] < edges[1]) [startMs, stopMs] = edges;
    // Windows are aligned to the epoch; a limit counts them from the end, so that fill still runs forward in time.
    if (limit !== undefined) startMs = Math.max(startMs, (Math.ceil(stopMs / windowMs) - limit) * windowMs);
    expression = (name) => `${functionName}(${quoteIdentifier(name)}) AS ${quoteIdentifier(name)}`;
    groups = ` GROUP BY time(${windowMs}ms) fill(${fillText(fill)})`;
  }
  const conditions = [...Object.entries(tags).map(tagCondition), `time >= ${startMs}ms`, `time < ${stopMs}ms`];
  const descending = limit !== undefined && every === undefined;
  const rows = descending ? Math.min(limit, maxRows + 1) : maxRows + 1;
  const text =
    `SELECT ${fields.map(expression).join(', ')} FROM ${quoteIdentifier(measurement)} ` +
    `WHERE ${conditions.join(' AND ')}${groups}${descending ? ' ORDER BY time DESC' : ''}` +
    (Number.isFinite(rows) ? ` LIMIT ${rows}` : '');
  return { text, fields, descending };
}

function tagCondition([tag, wanted]: [string, string | readonly string[]]): string {
  const values = typeof wanted === 'string' ? [wanted] : wanted;
  if (values.length === 0) throw invalid(`the list of values of tag "${tag}" is empty`);
  return `(${values.map((value) => `${quoteIdentifier(tag)} = ${influxqlString(value)}`).join(' OR ')})`;
}

function fillText(fill: Fill): string {
  if (fill === 'none' || fill === 'null' || fill === 'previous' || fill === 'linear') return fill;
  if (typeof fill === 'number' && Number.isFinite(fill)) return String(fill);
  throw invalid(`fill is none, null, previous, linear or a number, not ${String(fill)}`);
}

const isoTime = (ms: number): string => new Date(ms).toISOString();

const invalid = (what: string): TwinError => new TwinError('INFLUX_HISTORY_OPTIONS', `history query: ${what}`);
