import { JsonCursor } from './json-cursor';
import { TwinError } from './twin-error';

/** Where the parts of one JSON object lie in its bytes; all offsets are byte offsets. */
export interface ObjectLayout {
  /** Where a further member may be inserted: after the last member, or after the opening brace. */
  readonly insertAt: number;
  readonly empty: boolean;
  /** Start and end of every top-level value under the key asked for: `[start, end, start, end, …]`. */
  readonly valueRanges: readonly number[];
}

const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Checks that the bytes are one JSON object (valid UTF-8 was checked before; a byte order mark may lead) and finds the
 * places where a member stands or may be added.
 *
 * @param keyBytes the key asked for, in UTF-8; a key written with escapes is found too
 * @throws TwinError READING_NOT_JSON, READING_NOT_A_NUMBER, READING_NOT_AN_OBJECT
 */
export function scanJsonObject(json: Uint8Array, keyBytes: Uint8Array): ObjectLayout {
  const cursor = new JsonCursor(json);
  if (json[0] === 0xef && json[1] === 0xbb && json[2] === 0xbf) cursor.at = 3;
  cursor.skipSpace();
  const opening = json[cursor.at];
  if (opening !== OPEN_BRACE) {
    cursor.skipValue();
    failAtFurtherText(cursor);
    throw notAnObject();
  }
  cursor.at++;
  let insertAt = cursor.at;
  const valueRanges: number[] = [];
  cursor.skipSpace();
  const empty = json[cursor.at] === CLOSE_BRACE;
  if (!empty) insertAt = scanMembers(cursor, keyBytes, valueRanges);
  cursor.at++;
  failAtFurtherText(cursor);
  return { insertAt, empty, valueRanges };
}

function failAtFurtherText(cursor: JsonCursor): void {
  cursor.skipSpace();
  if (cursor.at < cursor.json.length) cursor.fail('unexpected text after the value');
}

/** The error for JSON that is no object. */
export function notAnObject(): TwinError {
  return new TwinError(
    'READING_NOT_AN_OBJECT',
    'a reading is one JSON object {"key": value, …}, and this is something else',
  );
}

/** Walks to the closing brace; returns the end of the last member. */
function scanMembers(cursor: JsonCursor, keyBytes: Uint8Array, valueRanges: number[]): number {
  const { json } = cursor;
  for (;;) {
    const keyStart = cursor.at;
    const escaped = cursor.skipString();
    const wanted = matches(json, keyStart, cursor.at, keyBytes, escaped);
    cursor.skipColon();
    cursor.skipSpace();
    const start = cursor.at;
    cursor.skipValue();
    const end = cursor.at;
    if (wanted) valueRanges.push(start, end);
    cursor.skipSpace();
    const separator = json[cursor.at];
    if (separator === CLOSE_BRACE) return end;
    if (separator !== COMMA) cursor.fail('expected "," or "}"');
    cursor.at++;
    cursor.skipSpace();
  }
}

/** True when the quoted string between the offsets is the key. */
function matches(json: Uint8Array, start: number, end: number, keyBytes: Uint8Array, escaped: boolean): boolean {
  if (escaped) {
    const decoded: unknown = JSON.parse(Buffer.from(json.subarray(start, end)).toString());
    return decoded === Buffer.from(keyBytes).toString();
  }
  if (end - start - 2 !== keyBytes.length) return false;
  for (let i = 0; i < keyBytes.length; i++) if (json[start + 1 + i] !== keyBytes[i]) return false;
  return true;
}
