/** Rising, disjoint ranges of numbers, both ends included. */
type Range = [first: number, last: number];

/**
 * Counts readings by `Source` and `Sequence`: each once, repeats apart. Memory grows with the gaps, not with the
 * readings, as numbers without a gap between them are kept as one range.
 */
export class SequenceTally {
  readonly #sources = new Map<string, Range[]>();
  readonly #floors = new Map<string, number>();
  #distinct = 0;
  #duplicates = 0;

  /** Different readings since `begin`. */
  get distinct(): number {
    return this.#distinct;
  }

  /** Readings that came again since `begin`. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** Starts to count anew: only numbers above the highest of each source so far count from here on. */
  begin(): void {
    for (const [source, ranges] of this.#sources) this.#floors.set(source, ranges.at(-1)?.[1] ?? -Infinity);
    this.#distinct = 0;
    this.#duplicates = 0;
  }

  /** True when this reading counts and is seen for the first time. */
  add(source: string, sequence: number): boolean {
    const isNew = insert(this.#rangesOf(source), sequence);
    if (sequence <= (this.#floors.get(source) ?? -Infinity)) return false;
    if (isNew) this.#distinct += 1;
    else this.#duplicates += 1;
    return isNew;
  }

  #rangesOf(source: string): Range[] {
    const known = this.#sources.get(source);
    if (known) return known;
    const ranges: Range[] = [];
    this.#sources.set(source, ranges);
    return ranges;
  }
}

/** Adds a number to the ranges; false when it was in one. Searches from the end, where new numbers come. */
function insert(ranges: Range[], value: number): boolean {
  let at = ranges.length - 1;
  while (at >= 0 && (ranges[at]?.[0] ?? 0) > value) at -= 1;
  const before = ranges[at];
  const after = ranges[at + 1];
  if (before && value <= before[1]) return false;
  const joinsBefore = before !== undefined && value === before[1] + 1;
  const joinsAfter = after !== undefined && value === after[0] - 1;
  if (joinsBefore && joinsAfter) ranges.splice(at, 2, [before[0], after[1]]);
  else if (joinsBefore) before[1] = value;
  else if (joinsAfter) after[0] = value;
  else ranges.splice(at + 1, 0, [value, value]);
  return true;
}
