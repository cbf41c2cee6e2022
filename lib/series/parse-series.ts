import { MQTT_TIMESTAMP } from '../reading/keys';
import { TwinError } from '../reading/twin-error';
import type { Series } from './series';

/** How to read a series out of a message payload. */
export interface SeriesSource {
  /** Key of the value in an array of readings, e.g. `Ambient Temperature`. */
  readonly key?: string;
  /** Key of the time stamp in an array of readings; `MQTT_Timestamp` when absent. */
  readonly stampKey?: string;
  /** Distance in ms of the values of a plain `number[]`. */
  readonly stepMs?: number;
  /** Time of the first value of a plain `number[]`, epoch ms; 0 when absent. */
  readonly startMs?: number;
  /** Longest input that is taken; 10,000,000 when absent. */
  readonly maxPoints?: number;
}

const MOST_POINTS = 10_000_000;
/** Beyond, sums of squares of values overflow. */
const LARGEST = 1e140;

/**
 * Reads a series from any form in which one travels in a message.
 *
 * Taken: `{times, values, name?, unit?}`; an array of readings (flat objects) with `key` and `stampKey`; an array of
 * rows `{time|_time, value|_value}`; a plain array of numbers with `stepMs`. Times are epoch ms, ISO 8601 text or
 * `Date`. `null`, `undefined` and `NaN` are missing values and become `NaN`; order and duplicates stay as they are.
 *
 * Errors (all `TwinError`, none retryable): `SERIES_INPUT` no such form, `SERIES_EMPTY` no point, `SERIES_TOO_LONG`,
 * `SERIES_LENGTHS` times and values differ, `SERIES_TIME` not a time, `SERIES_VALUE` not a number, `SERIES_INFINITE`,
 * `SERIES_ALL_MISSING` not one value.
 *
 * Cost: one pass.
 *
 * @example
 * parseSeries([{ _time: '1970-01-01T00:00:01Z', _value: 2 }]); // => { times: Float64Array.of(1000), values: Float64Array.of(2) }
 * parseSeries([1, null, 3], { stepMs: 500 }).times; // => Float64Array.of(0, 500, 1000)
 */
export function parseSeries(payload: unknown, source: SeriesSource = {}): Series {
  if (Array.isArray(payload)) {
    checkLength(payload.length, source);
    const first: unknown = payload.find((item) => item !== null && item !== undefined);
    const series =
      typeof first === 'object' && first !== null ? fromRows(payload, source) : fromNumbers(payload, source);
    return withValues(series, source);
  }
  if (isRecord(payload) && 'times' in payload && 'values' in payload)
    return withValues(fromArrays(payload, source), source);
  throw new TwinError(
    'SERIES_INPUT',
    `The payload is ${describe(payload)}, not a series: expected {times, values}, an array of readings or rows, or an array of numbers`,
  );
}

function fromArrays(payload: Record<string, unknown>, source: SeriesSource): Series {
  const { times, values, name, unit } = payload;
  if (!isList(times) || !isList(values)) {
    throw new TwinError(
      'SERIES_INPUT',
      `times and values of a series must be arrays, got ${describe(times)} and ${describe(values)}`,
    );
  }
  if (times.length !== values.length) {
    throw new TwinError('SERIES_LENGTHS', `The series has ${times.length} times but ${values.length} values`);
  }
  checkLength(times.length, source);
  return {
    times: converted(times, parseTime),
    values: converted(values, parseValue),
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof unit === 'string' ? { unit } : {}),
  };
}

/** A loop, as `Float64Array.from` with a function takes ten times as long. */
function converted(list: ArrayLike<unknown>, convert: (item: unknown, index: number) => number): Float64Array {
  const numbers = new Float64Array(list.length);
  for (let i = 0; i < list.length; i++) numbers[i] = convert(list[i], i);
  return numbers;
}

function fromRows(rows: unknown[], { key, stampKey = MQTT_TIMESTAMP }: SeriesSource): Series {
  const times = new Float64Array(rows.length);
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!isRecord(row)) throw new TwinError('SERIES_INPUT', `Element ${i} is ${describe(row)}, not a reading or a row`);
    const isReading = key !== undefined && (key in row || !('value' in row || '_value' in row));
    times[i] = parseTime(
      isReading ? (row[stampKey] ?? row.time ?? row._time) : (row.time ?? row._time ?? row[stampKey]),
      i,
    );
    values[i] = parseValue(isReading ? row[key] : 'value' in row ? row.value : row._value, i);
  }
  return { times, values, ...(key === undefined ? {} : { name: key }) };
}

function fromNumbers(numbers: unknown[], { stepMs, startMs = 0 }: SeriesSource): Series {
  if (stepMs === undefined || !(stepMs > 0) || !Number.isFinite(stepMs)) {
    throw new TwinError(
      'SERIES_INPUT',
      'A plain array of numbers needs a step: the time between two values in ms, above 0',
    );
  }
  const values = converted(numbers, parseValue);
  const times = new Float64Array(values.length);
  for (let i = 0; i < times.length; i++) times[i] = startMs + i * stepMs;
  return { times, values };
}

function parseTime(time: unknown, index: number): number {
  if (typeof time === 'number' && Number.isFinite(time)) return time;
  const ms = typeof time === 'string' ? Date.parse(time) : time instanceof Date ? time.getTime() : NaN;
  if (Number.isFinite(ms)) return ms;
  throw new TwinError(
    'SERIES_TIME',
    `The time of point ${index} is ${describe(time)}: expected epoch milliseconds or an ISO 8601 text`,
    {
      facts: { index },
    },
  );
}

function parseValue(value: unknown, index: number): number {
  if (value === null || value === undefined) return NaN;
  if (typeof value !== 'number') {
    throw new TwinError(
      'SERIES_VALUE',
      `The value of point ${index} is ${describe(value)}: expected a number or null`,
      { facts: { index } },
    );
  }
  if (Math.abs(value) > LARGEST) {
    throw new TwinError(
      'SERIES_INFINITE',
      `The value of point ${index} is ${value}, infinite or too large to be squared: send null where nothing was measured`,
      { facts: { index } },
    );
  }
  return value;
}

function checkLength(length: number, { maxPoints = MOST_POINTS }: SeriesSource): void {
  if (length === 0) throw new TwinError('SERIES_EMPTY', 'The series has no points');
  if (length > maxPoints) {
    throw new TwinError(
      'SERIES_TOO_LONG',
      `The series has ${length} points, more than the ${maxPoints} that are taken: aggregate it first`,
      {
        facts: { length, maxPoints },
      },
    );
  }
}

function withValues(series: Series, { key }: SeriesSource): Series {
  if (series.values.some((value) => !Number.isNaN(value))) return series;
  throw new TwinError(
    'SERIES_ALL_MISSING',
    key === undefined
      ? `None of the ${series.values.length} points has a value`
      : `None of the ${series.values.length} readings has a number under "${key}"`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : `a ${typeof value}`;
}
