import { BinCounts } from './bin-counts';

/** Default relative accuracy: an estimate is within 1 % of the value that it stands for. */
const ACCURACY = 0.01;
/** Nearer to 0 than this, in milliseconds, a delay counts as 0; further away than `FURTHEST`, as that. */
const NEAREST = 1e-3;
const FURTHEST = 1e12;

/** How many values lie near one value. */
export interface WeightedValue {
  readonly value: number;
  readonly count: number;
}

/**
 * Quantile sketch with a bound on the relative error of each value: DDSketch (Masson, Rim, Lee: "DDSketch: a fast and
 * fully-mergeable quantile sketch with relative-error guarantees", PVLDB 12(12), 2019). Bin i holds the values from
 * g^(i-1), exclusive, to g^i, with g = (1 + a) / (1 - a); its middle 2 g^i / (g + 1) is within a of all of them, in
 * proportion. Negative values have bins of their own, as clocks that disagree make them. Merging two sketches gives
 * exactly the sketch of all their values. Count, sum, extremes and the number of negative values are exact. At most
 * 3,500 bins (28 kB), in practice as many as the spread of the delays needs.
 */
export class DelaySketch {
  readonly accuracy: number;
  readonly #logBase: number;
  readonly #middle: number;
  readonly #positive = new BinCounts();
  readonly #negative = new BinCounts();
  #nearZero = 0;
  count = 0;
  sum = 0;
  min = Infinity;
  max = -Infinity;
  negativeCount = 0;

  /** @param accuracy relative, between 0 and 1 */
  constructor(accuracy = ACCURACY) {
    if (!(accuracy > 0 && accuracy < 1)) throw new RangeError(`an accuracy lies between 0 and 1, got ${accuracy}`);
    this.accuracy = accuracy;
    const base = (1 + accuracy) / (1 - accuracy);
    this.#logBase = Math.log(base);
    this.#middle = 2 / (base + 1);
  }

  /** The largest distance, in milliseconds, of a value from the estimate that stands for it. */
  errorOf(estimate: number): number {
    return Math.max(NEAREST, (this.accuracy / (1 - this.accuracy)) * Math.abs(estimate));
  }

  /** @param value a delay in milliseconds that is not NaN */
  add(value: number): void {
    if (Number.isNaN(value)) throw new RangeError('a sketch takes numbers, got NaN');
    this.count += 1;
    this.sum += value;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (value < 0) this.negativeCount += 1;
    const size = Math.abs(value);
    if (size <= NEAREST) this.#nearZero += 1;
    else (value > 0 ? this.#positive : this.#negative).add(this.#binOf(size));
  }

  /** Takes in the values of another sketch. @throws RangeError when it has another accuracy */
  merge(other: DelaySketch): void {
    if (other.accuracy !== this.accuracy) throw new RangeError('sketches of different accuracy cannot be merged');
    this.#positive.merge(other.#positive);
    this.#negative.merge(other.#negative);
    this.#nearZero += other.#nearZero;
    this.count += other.count;
    this.sum += other.sum;
    this.min = Math.min(this.min, other.min);
    this.max = Math.max(this.max, other.max);
    this.negativeCount += other.negativeCount;
  }

  clear(): void {
    this.#positive.clear();
    this.#negative.clear();
    this.#nearZero = this.count = this.sum = this.negativeCount = 0;
    this.min = Infinity;
    this.max = -Infinity;
  }

  /** The estimates in rising order, each with the number of values it stands for; none beyond the extremes. */
  values(): WeightedValue[] {
    const values: WeightedValue[] = [];
    const push = (estimate: number, count: number): void => {
      values.push({ value: Math.min(this.max, Math.max(this.min, estimate)), count });
    };
    this.#negative.each((bin, count) => push(-this.#estimateOf(bin), count));
    values.reverse();
    if (this.#nearZero > 0) push(0, this.#nearZero);
    this.#positive.each((bin, count) => push(this.#estimateOf(bin), count));
    return values;
  }

  #binOf(size: number): number {
    return Math.ceil(Math.log(Math.min(size, FURTHEST)) / this.#logBase);
  }

  #estimateOf(bin: number): number {
    return this.#middle * Math.exp(bin * this.#logBase);
  }
}
