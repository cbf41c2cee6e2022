import type { Series } from './series';

/**
 * The last readings of one source: a ring of fixed size, so that a node that runs for years needs no more memory than on its
 * first day. When it is full the oldest one goes. Readings may come late; whoever uses the series sorts it.
 */
export class RollingSeries {
  private readonly times: Float64Array;
  private readonly values: Float64Array;
  private next = 0;
  private count = 0;

  constructor(
    readonly capacity: number,
    private readonly name?: string,
  ) {
    this.times = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
  }

  get length(): number {
    return this.count;
  }

  add(timeMs: number, value: number): void {
    this.times[this.next] = timeMs;
    this.values[this.next] = value;
    this.next = (this.next + 1) % this.capacity;
    this.count = Math.min(this.count + 1, this.capacity);
  }

  /** A copy in the order of arrival. */
  series(): Series {
    const oldest = this.count < this.capacity ? 0 : this.next;
    const inOrder = (from: Float64Array) => {
      const copy = new Float64Array(this.count);
      copy.set(from.subarray(oldest, this.count));
      copy.set(from.subarray(0, oldest), this.count - oldest);
      return copy;
    };
    return {
      times: inOrder(this.times),
      values: inOrder(this.values),
      ...(this.name === undefined ? {} : { name: this.name }),
    };
  }
}
