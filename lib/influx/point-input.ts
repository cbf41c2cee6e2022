import { extended } from '../reading/extended';
import { isReading } from '../reading/reading';
import { TwinError } from '../reading/twin-error';
import type { FieldValue, Point } from './point';
import { fieldValue, type FieldType } from './point-mapping';
import { timeOf } from './time-range';

const FIELD_TYPES: readonly string[] = ['float', 'integer', 'string', 'boolean'] satisfies FieldType[];

/** True for what is meant as a point given outright: an object with a measurement's name and an object of fields. */
export function isPointInput(value: unknown): boolean {
  return isReading(value) && typeof value.measurement === 'string' && isReading(value.fields);
}

/**
 * The point in `{ measurement, fields, tags?, time? }`, as a message may carry it. A field is a number (stored as a
 * float), a bigint (integer), a string or a boolean, or `{ type: 'integer', value: 5 }`. A tag is a string, number or
 * boolean. `time` is epoch milliseconds, a Date or ISO 8601 text, `nanoseconds` (0 to 999,999) come
 * on top.
 *
 * @throws TwinError INFLUX_POINT_INVALID, INFLUX_FIELD_TYPE, INFLUX_TIME_INVALID
 */
export function pointOf(input: unknown): Point {
  if (!isReading(input)) throw invalid('it is no object');
  const { measurement, fields, tags = {}, time, nanoseconds } = input;
  if (typeof measurement !== 'string') throw invalid('its measurement is no string');
  if (!isReading(fields)) throw invalid('its fields are no object');
  if (!isReading(tags)) throw invalid('its tags are no object');
  const point = {
    measurement,
    tags: Object.fromEntries(present(tags).map(([key, value]) => [key, tagOf(key, value)])),
    fields: Object.fromEntries(present(fields).map(([key, value]) => [key, fieldOf(key, value)])),
  };
  if (time === undefined || time === null) return point;
  const timed = extended(point, { timeMs: timeOf(time, Date.now()) });
  if (nanoseconds === undefined) return timed;
  if (typeof nanoseconds !== 'number') throw invalid('its nanoseconds are no number');
  return extended(timed, { nanoseconds });
}

const present = (record: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(record).filter(([, value]) => value !== undefined && value !== null);

function fieldOf(key: string, value: unknown): FieldValue {
  if (
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    typeof value === 'string' ||
    typeof value === 'boolean'
  ) {
    return value;
  }
  if (isReading(value) && typeof value.type === 'string' && FIELD_TYPES.includes(value.type)) {
    return fieldValue(value.value, value.type as FieldType, key);
  }
  throw invalid(`field "${key}" is neither a number, a bigint, a string, a boolean nor { type, value }`);
}

function tagOf(key: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw invalid(`tag "${key}" is no string, number or boolean`);
}

const invalid = (what: string): TwinError =>
  new TwinError('INFLUX_POINT_INVALID', `a point is { measurement, fields, tags, time }, but ${what}`);
