/** Samples that must each be above the one before. */
const SAMPLES = 6;

/** Sees a number that only ever grows: a lag that a flow cannot keep up with, a spool that nobody empties. */
export class GrowthWatch {
  readonly #values: number[] = [];

  /** @param least growth up to less than this is nothing to speak of */
  constructor(private readonly least: number) {}

  sample(value: number): void {
    this.#values.push(value);
    if (this.#values.length > SAMPLES) this.#values.shift();
  }

  /** Whether the last six samples rose without a pause. */
  get growing(): boolean {
    const { length } = this.#values;
    if (length < SAMPLES || (this.#values.at(-1) ?? 0) < this.least) return false;
    return this.#values.every((value, index) => index === 0 || value > (this.#values[index - 1] ?? 0));
  }
}
