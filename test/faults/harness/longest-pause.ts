/** How often it is looked, in milliseconds; the figure is as exact as that. */
const LOOK_MS = 200;

/** Watches a far end, and knows the longest time in which nothing arrived there. */
export class LongestPause {
  #longestMs = 0;
  #movedMs = performance.now();
  #count = 0;
  #running = true;
  readonly #over: Promise<void>;

  constructor(end: () => Promise<number>) {
    this.#over = this.#watch(end);
  }

  /** Ends the watch; in seconds, the time until now included. */
  async stop(): Promise<number> {
    this.#running = false;
    await this.#over;
    return this.#longestMs / 1000;
  }

  async #watch(end: () => Promise<number>): Promise<void> {
    while (this.#running) {
      const count = await end();
      const nowMs = performance.now();
      this.#longestMs = Math.max(this.#longestMs, nowMs - this.#movedMs);
      if (count > this.#count) this.#movedMs = nowMs;
      this.#count = Math.max(count, this.#count);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }
}
