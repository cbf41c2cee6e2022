const GROWTH = 32;

/** Counts under whole-numbered bins, in memory that spans the bins in use. */
export class BinCounts {
  #counts = new Float64Array(0);
  /** Number of the first bin of the array. */
  #base = 0;

  add(bin: number, count = 1): void {
    const at = bin - this.#base;
    if (at < 0 || at >= this.#counts.length) {
      this.#reach(bin);
      this.#counts[bin - this.#base] = count;
    } else this.#counts[at] = (this.#counts[at] as number) + count;
  }

  merge(other: BinCounts): void {
    other.each((bin, count) => this.add(bin, count));
  }

  /** Calls with each bin that is not empty, in rising order. */
  each(take: (bin: number, count: number) => void): void {
    for (let i = 0; i < this.#counts.length; i++) {
      const count = this.#counts[i] as number;
      if (count > 0) take(this.#base + i, count);
    }
  }

  clear(): void {
    this.#counts.fill(0);
  }

  #reach(bin: number): void {
    const used = this.#counts.length;
    const low = used === 0 ? bin - GROWTH / 2 : Math.min(this.#base, bin - GROWTH);
    const high = used === 0 ? bin + GROWTH / 2 : Math.max(this.#base + used, bin + GROWTH);
    const grown = new Float64Array(high - low);
    if (used > 0) grown.set(this.#counts, this.#base - low);
    this.#counts = grown;
    this.#base = low;
  }
}
