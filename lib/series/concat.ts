/**
 * Arrays one after another.
 *
 * @example
 * concat([Float64Array.of(1), Float64Array.of(2, 3)]); // => Float64Array.of(1, 2, 3)
 */
export function concat(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
