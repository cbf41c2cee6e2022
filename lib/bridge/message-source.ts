import { scanJsonObject } from '../reading/json-object-scanner';
import { SOURCE } from '../reading/keys';

const sourceKey = Buffer.from(SOURCE);

/**
 * The `Source` of a reading in its raw bytes, without parsing the rest into objects; null when it has none that is text
 * or a number. Of doubled keys the last one counts, as in `JSON.parse`.
 *
 * @param json one JSON object, checked before
 */
export function messageSource(json: Uint8Array): string | null {
  const { valueRanges } = scanJsonObject(json, sourceKey);
  if (valueRanges.length === 0) return null;
  const value: unknown = JSON.parse(Buffer.from(json.subarray(valueRanges.at(-2), valueRanges.at(-1))).toString());
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}
