import { notAnObject, scanJsonObject } from './json-object-scanner';
import { isIntegerKey } from './keys';
import { isReading, type Reading } from './reading';
import { messageOf, TwinError } from './twin-error';
import { decodeUtf8 } from './utf8';

const BYTE_ORDER_MARK = '\uFEFF';
const NO_KEY = new Uint8Array(0);
const MAX_DEPTH = 100;
/** Keys whose wire form is remembered, and their length; beyond it (keys made up per message) memory must not grow. */
const MAX_REMEMBERED_KEYS = 1_000;
const MAX_REMEMBERED_LENGTH = 100;
/** What a number beyond 1.8e308 looks like at least: an exponent of three digits, or 200 digits in a row. */
const MAY_OVERFLOW = /[eE]\+?\d{3}|\d{200}/;

/**
 * The object in a JSON text of the wire.
 *
 * @param text JSON in UTF-8; a leading byte order mark is allowed
 * @throws TwinError READING_NOT_UTF8, READING_NOT_JSON, READING_NOT_A_NUMBER (`NaN`, `Infinity`, and `1e999`, which
 *   JSON allows and no number here can hold), READING_NOT_AN_OBJECT
 */
export function parseReading(text: string | Uint8Array): Reading {
  const decoded = typeof text === 'string' ? text : decodeUtf8(text);
  let value: unknown;
  try {
    value = JSON.parse(decoded.startsWith(BYTE_ORDER_MARK) ? decoded.slice(1) : decoded);
  } catch (thrown) {
    // The scanner says at which byte and in this pack's words; V8's own message stays as the cause.
    scanJsonObject(Buffer.from(decoded), NO_KEY);
    throw new TwinError('READING_NOT_JSON', messageOf(thrown), { cause: thrown });
  }
  if (!isReading(value)) throw notAnObject();
  if (MAY_OVERFLOW.test(decoded)) scanJsonObject(Buffer.from(decoded), NO_KEY);
  return value;
}

/**
 * The JSON text of a reading as Python's `json.dumps` lays it out: `{"Ambient Temperature": 23.0, "Sequence": 7}`.
 * Measured values always carry a decimal point or an exponent, because receivers take the form of a number as its type;
 * stamps and counters stay integers. Members that are undefined are left out, as in `JSON.stringify`.
 *
 * @throws TwinError READING_NOT_A_NUMBER (`NaN`, `Infinity`), READING_NOT_ENCODABLE (bigint, function, nested too
 *   deep), READING_NOT_AN_OBJECT
 */
export function encodeReading(reading: Reading): string {
  if (!isReading(reading)) throw notAnObject();
  const object = hasJsonForm(reading) ? jsonFormOf(reading, '') : reading;
  if (!isReading(object)) throw notAnObject();
  return encodeObject(object, 0);
}

function encodeObject(object: Reading, depth: number): string {
  if (depth > MAX_DEPTH) throw notEncodable(`nested deeper than ${MAX_DEPTH} levels`);
  let text = '';
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value === undefined) continue;
    const form = keyForm(key);
    text += (text === '' ? '{' : ', ') + form.head;
    text += typeof value === 'number' ? encodeNumber(value, form) : encodeValue(value, form, depth);
  }
  return text === '' ? '{}' : text + '}';
}

interface KeyForm {
  readonly key: string;
  /** The quoted key with its colon. */
  readonly head: string;
  readonly integer: boolean;
}

const keyForms = new Map<string, KeyForm>();

function keyForm(key: string): KeyForm {
  let form = keyForms.get(key);
  if (form === undefined) {
    form = { key, head: `${JSON.stringify(key)}: `, integer: isIntegerKey(key) };
    if (key.length > MAX_REMEMBERED_LENGTH) return form;
    if (keyForms.size >= MAX_REMEMBERED_KEYS) keyForms.clear();
    keyForms.set(key, form);
  }
  return form;
}

function encodeNumber(value: number, { key, integer }: KeyForm): string {
  if (Number.isInteger(value)) {
    if (integer) return Object.is(value, -0) ? '0' : String(value);
    if (value === 0 && Object.is(value, -0)) return '-0.0';
    const digits = String(value);
    return value < 1e21 && value > -1e21 ? `${digits}.0` : digits;
  }
  if (Number.isFinite(value)) return String(value);
  const message = `"${key}" is ${value}, which JSON cannot carry; use null, or leave the key out`;
  throw new TwinError('READING_NOT_A_NUMBER', message, { facts: { key } });
}

function encodeValue(value: unknown, form: KeyForm, depth: number): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return encodeNumber(value, form);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value !== 'object') {
    throw notEncodable(`"${form.key}" is a ${typeof value}; use a number, a string, a boolean or null`);
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return encodeArray(value, form, depth + 1);
  if (hasJsonForm(value)) {
    if (depth > MAX_DEPTH) throw notEncodable(`nested deeper than ${MAX_DEPTH} levels`);
    return encodeValue(jsonFormOf(value, form.key) ?? null, form, depth + 1);
  }
  return encodeObject(value as Reading, depth + 1);
}

function hasJsonForm(value: object): value is { toJSON(key: string): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

function jsonFormOf(value: { toJSON(key: string): unknown }, key: string): unknown {
  try {
    return value.toJSON(key);
  } catch (thrown) {
    throw notEncodable(`the toJSON of "${key}" fails: ${messageOf(thrown)}`);
  }
}

function encodeArray(items: readonly unknown[], form: KeyForm, depth: number): string {
  if (depth > MAX_DEPTH) throw notEncodable(`"${form.key}" is nested deeper than ${MAX_DEPTH} levels`);
  // Not map, which would leave out the holes of a sparse array, and with them the values between two commas.
  return `[${Array.from(items, (item) => encodeValue(item ?? null, form, depth)).join(', ')}]`;
}

function notEncodable(reason: string): TwinError {
  return new TwinError('READING_NOT_ENCODABLE', `the reading cannot be written as JSON: ${reason}`);
}
