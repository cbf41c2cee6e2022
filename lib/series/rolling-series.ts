import type { Series } from './series';

/** Readings for which there is room at first: many sources with a large window must not take it all at once. */
const FIRST_ROOM = 256;

/**
 * The last readings of one source: a ring that grows up to its capacity, so that a node that runs for years needs no
 * more memory than a full window. When it is full the oldest one goes. Readings may come late; whoever uses the series
 * sorts it.
 */
export class RollingSeries {
  private times: Float64Array;
  private values: Float64Array;
  private next = 0;
  private count = 0;

  constructor(
    readonly capacity: number,
    private readonly name?: string,
  ) {
    this.times = new Float64Array(Math.min(FIRST_ROOM, capacity));
    this.values = new Float64Array(Math.min(FIRST_ROOM, capacity));
  }

  get length(): number {
    return this.count;
  }

  add(timeMs: number, value: number): void {
    if (this.count === this.times.length && this.count < this.capacity) this.grow();
    this.times[this.next] = timeMs;
    this.values[this.next] = value;
    this.next = (this.next + 1) % this.times.length;
    this.count = Math.min(this.count + 1, this.capacity);
  }

  /** Before the ring is closed the next place is the end, so a longer array simply goes on. */
  private grow(): void {
    const room = Math.min(this.capacity, 2 * this.times.length);
    const larger = (from: Float64Array) => {
      const to = new Float64Array(room);
      to.set(from);
      return to;
    };
    this.times = larger(this.times);
    this.values = larger(this.values);
    this.next = this.count;
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
