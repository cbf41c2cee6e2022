import { AMBIENT_HUMIDITY, AMBIENT_TEMPERATURE, isIntegerKey, MQTT_TIMESTAMP, SOURCE } from '../reading/keys';
import type { Reading } from '../reading/reading';
import { nanosecondsOf } from '../reading/sequence';
import { shown } from '../reading/shown';
import { TwinError } from '../reading/twin-error';
import type { FieldValue, Point } from './point';

export type FieldType = 'float' | 'integer' | 'string' | 'boolean';

/** Where one key of a reading goes. */
export interface MappingRow {
  readonly key: string;
  readonly measurement: string;
  readonly field: string;
  readonly type: FieldType;
}

/** How readings become points. */
export interface PointMapping {
  /** Rows of one measurement make one point; or every measured value becomes a field of one measurement. */
  readonly fields: readonly MappingRow[] | { readonly allInto: string };
  /** The same on every point. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Tags taken from the reading, where it has the key: name of the tag -> key (default: `Source` from `Source`). */
  readonly tagKeys?: Readonly<Record<string, string>>;
  /**
   * Keys that may hold the reading's time in epoch milliseconds; the first that is there counts (default:
   * `MQTT_Timestamp`).
   */
  readonly timeKeys?: readonly string[];
}

/** The measurements that the dashboards and scripts of the first platform read. */
export const DEFAULT_MAPPING_ROWS: readonly MappingRow[] = [
  { key: AMBIENT_TEMPERATURE, measurement: 'Temperature', field: AMBIENT_TEMPERATURE, type: 'float' },
  { key: AMBIENT_HUMIDITY, measurement: 'Humidity', field: AMBIENT_HUMIDITY, type: 'float' },
];

/**
 * The points of one reading. Keys that the mapping does not name, and named keys that are absent or null, are left out.
 *
 * @param nowMs epoch milliseconds, for a reading without a stamp
 * @throws TwinError INFLUX_NOTHING_TO_WRITE (no mapped key is there), INFLUX_FIELD_TYPE, INFLUX_TIME_INVALID
 */
export function pointsOfReading(reading: Reading, mapping: PointMapping, nowMs: number): Point[] {
  const tags = tagsOf(reading, mapping);
  const timeMs = timeOf(reading, mapping.timeKeys ?? [MQTT_TIMESTAMP]) ?? nowMs;
  const nanoseconds = nanosecondsOf(reading);
  const rows = isTable(mapping.fields) ? mapping.fields : measuredRows(reading, mapping.fields.allInto, mapping);
  const fieldsOf = new Map<string, Record<string, FieldValue>>();
  for (const { key, measurement, field, type } of rows) {
    const value = reading[key];
    if (value === undefined || value === null) continue;
    const fields = fieldsOf.get(measurement) ?? bareRecord<FieldValue>();
    fields[field] = fieldValue(value, type, key);
    fieldsOf.set(measurement, fields);
  }
  if (fieldsOf.size === 0) throw nothingToWrite(reading, mapping);
  return Array.from(fieldsOf, ([measurement, fields]) => ({ measurement, tags, fields, timeMs, ...nanoseconds }));
}

/**
 * A value as a field of the given type. A number becomes a float even when it has no fraction: one integer among
 * floats would be refused. Nothing is parsed out of text.
 *
 * @throws TwinError INFLUX_FIELD_TYPE
 */
export function fieldValue(value: unknown, type: FieldType, key: string): FieldValue {
  if (type === 'float' && typeof value === 'number') return value;
  if (type === 'float' && typeof value === 'bigint') return Number(value);
  if (type === 'integer' && typeof value === 'bigint') return value;
  if (type === 'integer' && Number.isSafeInteger(value)) return BigInt(value as number);
  if (type === 'boolean' && typeof value === 'boolean') return value;
  if (type === 'string' && typeof value === 'string') return value;
  if (type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return String(value);
  const got = typeof value === 'number' ? String(value) : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
  throw new TwinError('INFLUX_FIELD_TYPE', `"${key}" is ${got}, but its field is of type ${type}`, {
    facts: { key, type },
  });
}

/** Without a prototype, so that a key named `__proto__` is a key like any other. */
const bareRecord = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;

const isTable = (fields: PointMapping['fields']): fields is readonly MappingRow[] => Array.isArray(fields);

/** Every number but stamps and counters, which are no measured values. */
function measuredRows(
  reading: Reading,
  measurement: string,
  { timeKeys = [], tagKeys = {} }: PointMapping,
): MappingRow[] {
  return Object.keys(reading)
    .filter((key) => typeof reading[key] === 'number' && !isIntegerKey(key))
    .filter((key) => !timeKeys.includes(key) && !Object.values(tagKeys).includes(key))
    .map((key) => ({ key, measurement, field: key, type: 'float' }));
}

function tagsOf(
  reading: Reading,
  { tags = {}, tagKeys = { [SOURCE]: SOURCE } }: PointMapping,
): Readonly<Record<string, string>> {
  const all = Object.assign(bareRecord<string>(), tags);
  for (const [tag, key] of Object.entries(tagKeys)) {
    const value = reading[key];
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') all[tag] = String(value);
  }
  return all;
}

function timeOf(reading: Reading, keys: readonly string[]): number | undefined {
  const key = keys.find((candidate) => reading[candidate] !== undefined && reading[candidate] !== null);
  if (key === undefined) return undefined;
  const value = reading[key];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new TwinError('INFLUX_TIME_INVALID', `"${key}" is no time in epoch milliseconds: ${shown(value)}`, {
    facts: { key },
  });
}

function nothingToWrite(reading: Reading, { fields }: PointMapping): TwinError {
  const wanted = isTable(fields)
    ? `none of the mapped keys (${list(fields.map(({ key }) => key))})`
    : 'no measured value';
  const message = `the reading has ${wanted}; it has ${list(Object.keys(reading))}`;
  return new TwinError('INFLUX_NOTHING_TO_WRITE', message);
}

function list(keys: readonly string[]): string {
  const shown = keys.slice(0, 10).join(', ').slice(0, 300);
  return keys.length > 10 ? `${shown} … (${keys.length})` : shown || 'nothing';
}
