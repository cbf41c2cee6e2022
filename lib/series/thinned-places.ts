/**
 * Places of a series of `length` points of which at most `most` are kept, evenly spread, the first and the last among
 * them.
 *
 * @example
 * thinnedPlaces(5, 3); // => [0, 2, 4]
 * thinnedPlaces(2, 3); // => [0, 1]
 */
export function thinnedPlaces(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: most }, (_, k) => Math.round((k * (length - 1)) / (most - 1)));
}
