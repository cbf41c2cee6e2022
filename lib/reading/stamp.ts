import { scanJsonObject } from './json-object-scanner';
import { TwinError } from './twin-error';
import { assertUtf8 } from './utf8';

interface StampKey {
  readonly bytes: Buffer;
  /** The quoted key with its colon, as a member begins. */
  readonly head: string;
}

const MAX_REMEMBERED_KEYS = 1_000;
const stampKeys = new Map<string, StampKey>();

/**
 * Puts a stamp into the raw bytes of a JSON object: `{"a": 23.0}` becomes `{"a": 23.0, "Bridge_Timestamp":
 * 1674000000000}`. Every other byte stays as it came (number forms, key order, spaces, unknown keys, a byte order
 * mark). Where the top-level key is there already, its value is replaced in place; of doubled keys each one, since
 * parsers differ in which of them they take.
 *
 * @param epochMs an integer, epoch milliseconds
 * @throws TwinError READING_NOT_UTF8, READING_NOT_JSON, READING_NOT_A_NUMBER, READING_NOT_AN_OBJECT; READING_BAD_STAMP
 */
export function spliceStamp(json: Uint8Array, key: string, epochMs: number): Buffer {
  if (!Number.isSafeInteger(epochMs)) {
    throw new TwinError('READING_BAD_STAMP', `a stamp is an integer in epoch milliseconds, got ${epochMs}`);
  }
  return spliceMember(json, key, String(epochMs));
}

/**
 * Puts `true` under a key of the raw bytes of a JSON object, as `spliceStamp` does with a stamp.
 *
 * @throws TwinError READING_NOT_UTF8, READING_NOT_JSON, READING_NOT_A_NUMBER, READING_NOT_AN_OBJECT
 */
export const spliceMark = (json: Uint8Array, key: string): Buffer => spliceMember(json, key, 'true');

/** @param text the value as it stands in JSON */
function spliceMember(json: Uint8Array, key: string, text: string): Buffer {
  const { bytes, head } = stampKey(key);
  assertUtf8(json);
  const { insertAt, empty, valueRanges } = scanJsonObject(json, bytes);
  if (valueRanges.length > 0) return replaceRanges(json, valueRanges, text);
  return insert(json, insertAt, (empty ? '' : ', ') + head + text);
}

function stampKey(key: string): StampKey {
  let known = stampKeys.get(key);
  if (known === undefined) {
    known = { bytes: Buffer.from(key), head: `${JSON.stringify(key)}: ` };
    if (stampKeys.size >= MAX_REMEMBERED_KEYS) stampKeys.clear();
    stampKeys.set(key, known);
  }
  return known;
}

function insert(json: Uint8Array, at: number, text: string): Buffer {
  const added = Buffer.byteLength(text);
  const result = Buffer.allocUnsafe(json.length + added);
  result.set(json);
  result.write(text, at);
  // Next to always the closing brace alone.
  for (let i = at; i < json.length; i++) result[i + added] = json[i] as number;
  return result;
}

function replaceRanges(json: Uint8Array, ranges: readonly number[], text: string): Buffer {
  const replacement = Buffer.from(text);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    parts.push(json.subarray(from, ranges[i]), replacement);
    from = ranges[i + 1] ?? from;
  }
  parts.push(json.subarray(from));
  return Buffer.concat(parts);
}
