/** A signal that aborts when a span passes without a restart, or with its owner's signal. `end` it in every case. */
export class TimeLimit {
  readonly #controller = new AbortController();
  readonly #ms: number;
  readonly #owner: AbortSignal | undefined;
  readonly #onOwner = (): void => this.#controller.abort();
  #timer: NodeJS.Timeout | undefined;
  #expired = false;

  constructor(ms: number, owner?: AbortSignal) {
    this.#ms = ms;
    this.#owner = owner;
    if (owner?.aborted) this.#controller.abort();
    else owner?.addEventListener('abort', this.#onOwner, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** True when the span passed, rather than the owner aborting. */
  get expired(): boolean {
    return this.#expired;
  }

  restart(): void {
    this.pause();
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#controller.abort();
    }, this.#ms);
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Forgets the owner and the timer. */
  end(): void {
    this.pause();
    this.#owner?.removeEventListener('abort', this.#onOwner);
  }

  /** Aborts what is still under way, then ends. */
  abort(): void {
    this.#controller.abort();
    this.end();
  }
}
