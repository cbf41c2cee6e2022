import { NANOSECONDS_PER_MS } from '../reading/sequence';
import { TwinError } from '../reading/twin-error';
import type { FieldValue, Point } from './point';

/**
 * Line protocol: `measurement,tag=value,… field=value,… time`. Sources: InfluxDB OSS 2 reference, "Line protocol";
 * the parser of InfluxDB 1.x and 2.x (`models/points.go`), which both servers share.
 */

/** The servers keep nanoseconds in a signed 64-bit integer; its two lowest values and its highest are reserved. */
const MAX_TIME_MS = 9_223_372_036_854;
const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 63n - 1n;
/**
 * Names whose escaped form is remembered, and their length; beyond it (names made up per point) memory must not grow.
 */
const MAX_REMEMBERED = 1_000;
const MAX_REMEMBERED_LENGTH = 100;

/**
 * One line, without an end of line.
 *
 * @param nowMs epoch milliseconds, for a point without its own time: a repeated request must carry the same time
 * @throws TwinError INFLUX_NAME_INVALID (a name that line protocol cannot carry), INFLUX_NOT_A_NUMBER (NaN, Infinity),
 *   INFLUX_INTEGER_RANGE, INFLUX_TIME_INVALID, INFLUX_POINT_EMPTY (no field)
 */
export function encodePoint(point: Point, nowMs: number): string {
  let line = measurementNames.of(point.measurement);
  const tagKeys = Object.keys(point.tags);
  // The servers store tags sorted, and are quicker when they come so.
  if (tagKeys.length > 1) tagKeys.sort();
  for (const key of tagKeys) {
    const value = point.tags[key];
    if (value) line += `,${tagNames.of(key)}=${tagValues.of(value)}`;
  }
  let separator = ' ';
  for (const key of Object.keys(point.fields)) {
    const value = point.fields[key];
    if (value === undefined) continue;
    line += `${separator}${fieldNames.of(key)}=${encodeValue(value, key)}`;
    separator = ',';
  }
  if (separator === ' ') {
    throw new TwinError('INFLUX_POINT_EMPTY', `the point of measurement "${point.measurement}" has no field`);
  }
  return `${line} ${encodeTime(point.timeMs ?? nowMs, point.nanoseconds ?? 0)}`;
}

function encodeValue(value: FieldValue, key: string): string {
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return String(value);
    throw new TwinError('INFLUX_NOT_A_NUMBER', `field "${key}" is ${value}, which InfluxDB cannot store`);
  }
  if (typeof value === 'bigint') {
    if (value >= MIN_INTEGER && value <= MAX_INTEGER) return `${value}i`;
    throw new TwinError('INFLUX_INTEGER_RANGE', `field "${key}" is ${value}, beyond a 64-bit integer`);
  }
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Nanoseconds since 1970, for requests with precision `ns`. */
function encodeTime(timeMs: number, nanoseconds: number): string {
  const whole = Math.round(timeMs);
  const within = Number.isInteger(nanoseconds) && nanoseconds >= 0 && nanoseconds < NANOSECONDS_PER_MS;
  if (Math.abs(whole) <= MAX_TIME_MS && within) {
    if (whole > 0) return nanoseconds === 0 ? `${whole}000000` : `${whole}${String(nanoseconds).padStart(6, '0')}`;
    return String(BigInt(whole) * BigInt(NANOSECONDS_PER_MS) + BigInt(nanoseconds));
  }
  throw new TwinError('INFLUX_TIME_INVALID', `${timeMs} is no time in epoch milliseconds that InfluxDB can store`);
}

/** What line protocol cannot carry in a name of some kind, and why. */
interface Refusal {
  readonly when: RegExp;
  readonly because: string;
}

/** Escapes names of one kind, and refuses those that no escape can carry. */
class Names {
  readonly #escaped = new Map<string, string>();
  readonly #kind: string;
  readonly #special: RegExp;
  readonly #refusals: readonly Refusal[];

  constructor(kind: string, special: RegExp, refusals: readonly Refusal[]) {
    this.#kind = kind;
    this.#special = special;
    this.#refusals = [empty, lineBreak, lastBackslash, backslashBeforeSpecial, ...refusals];
  }

  of(name: string): string {
    const known = this.#escaped.get(name);
    if (known !== undefined) return known;
    const refusal = this.#refusals.find(({ when }) => when.test(name));
    if (refusal) {
      throw new TwinError('INFLUX_NAME_INVALID', `${this.#kind} ${JSON.stringify(name)} ${refusal.because}`);
    }
    const escaped = name.replace(this.#special, '\\$&');
    if (name.length > MAX_REMEMBERED_LENGTH) return escaped;
    if (this.#escaped.size >= MAX_REMEMBERED) this.#escaped.clear();
    this.#escaped.set(name, escaped);
    return escaped;
  }
}

const empty: Refusal = { when: /^$/, because: 'is empty' };
const lineBreak: Refusal = { when: /[\n\r]/, because: 'holds a line break, which InfluxDB cannot store there' };
/** It would escape the separator that follows: the servers would read another name than was meant. */
const lastBackslash: Refusal = { when: /\\$/, because: 'ends with a backslash, which InfluxDB cannot store there' };
/** The servers read it in two ways: one part of their parser as this name, another as the end of it. */
const backslashBeforeSpecial: Refusal = {
  when: /\\[,= "]/,
  because: 'has a backslash before a comma, an equals sign, a space or a quote, which InfluxDB cannot store there',
};
/** Such a line would be skipped as a comment, and the write still answered with success. */
const comment: Refusal = { when: /^#/, because: 'begins with #, which InfluxDB takes for a comment' };
/** The servers skip them before a measurement and before the first field. */
const leadingBlank: Refusal = { when: /^[\t\0]/, because: 'begins with a tab or NUL, which InfluxDB drops' };
/** A field of this name is dropped without a word (1.x), a tag is refused. */
const time: Refusal = { when: /^time$/, because: 'is reserved by InfluxDB: choose another name' };

const measurementNames = new Names('measurement', /[, ]/g, [comment, leadingBlank]);
const tagNames = new Names('tag', /[,= ]/g, [time]);
const tagValues = new Names('tag value', /[,= ]/g, []);
const fieldNames = new Names('field', /[,= ]/g, [time, leadingBlank]);
