/** A value as JSON can carry it. */
export type PlainValue = number | string | boolean | null | PlainValue[] | { [key: string]: PlainValue };

/**
 * A result as it goes into a message: typed arrays become plain ones, `NaN` and infinities `null`, absent properties
 * stay absent.
 *
 * Cost: one look at each value.
 *
 * @example
 * plainValue({ mae: NaN, values: Float64Array.of(1, NaN) }); // => { mae: null, values: [1, null] }
 */
export function plainValue(value: unknown): PlainValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Float64Array) return plainNumbers(value);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([key, part]) => [key, plainValue(part)]),
  );
}

/**
 * Numbers as a plain array, `NaN` and infinities as `null`.
 *
 * @example
 * plainNumbers(Float64Array.of(1, NaN)); // => [1, null]
 */
export function plainNumbers(values: Float64Array): (number | null)[] {
  const plain = new Array<number | null>(values.length);
  for (let i = 0; i < values.length; i++) plain[i] = Number.isFinite(values[i]!) ? values[i]! : null;
  return plain;
}

/**
 * A plain value as it was before JSON, which writes `NaN` as `null`: every `null` becomes `NaN`.
 *
 * @example
 * fromPlainValue({ sigma: null, season: [1, null] }); // => { sigma: NaN, season: [1, NaN] }
 */
export function fromPlainValue(value: unknown): unknown {
  if (value === null) return NaN;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(fromPlainValue);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, fromPlainValue(part)]));
}
