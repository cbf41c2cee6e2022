/** Bounds the records that are delivered and not settled. */
export class DeliveryWindow {
  #used = 0;
  #waiting = new Set<() => void>();

  constructor(readonly capacity: number) {}

  get used(): number {
    return this.#used;
  }

  get room(): number {
    return Math.max(this.capacity - this.#used, 0);
  }

  take(count: number): void {
    this.#used += count;
  }

  give(count: number): void {
    this.#used -= count;
    this.wake();
  }

  /** Lets all that wait look again. */
  wake(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Resolves when something was given back, when woken, or after `ms` milliseconds. */
  changed(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waiting.add(wake);
    });
  }
}
