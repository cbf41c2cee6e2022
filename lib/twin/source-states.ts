import { SOURCE } from '../reading/keys';
import type { Reading } from '../reading/reading';

/**
 * The name under which a reading's state is kept; readings without a `Source` share one.
 * @example
 * sourceOf({ Source: 'room', 'Ambient Temperature': 21.5 }); // => 'room'
 * sourceOf({ 'Ambient Temperature': 21.5 }); // => ''
 */
export function sourceOf(reading: Reading): string {
  const source = reading[SOURCE];
  return typeof source === 'string' || typeof source === 'number' ? String(source) : '';
}

/** State per source, bounded: a new source takes the place of the one that was silent for longest. */
export class SourceStates<State> {
  readonly #states = new Map<string, State>();
  #last: string | undefined;

  constructor(
    private readonly maxSources: number,
    private readonly fresh: (source: string) => State,
  ) {}

  get size(): number {
    return this.#states.size;
  }

  /** The state of a source, which from now on is the one heard last. */
  of(source: string): State {
    const known = this.#states.get(source);
    if (known !== undefined && source === this.#last) return known;
    // Put at the end again, so that the first one is the one that was silent for longest.
    if (known !== undefined) this.#states.delete(source);
    else if (this.#states.size >= this.maxSources) this.#states.delete(this.#states.keys().next().value!);
    const state = known ?? this.fresh(source);
    this.#states.set(source, state);
    this.#last = source;
    return state;
  }

  delete(source: string): void {
    this.#states.delete(source);
  }

  clear(): void {
    this.#states.clear();
  }

  /** By time last heard, the longest silent first. */
  entries(): IterableIterator<[string, State]> {
    return this.#states.entries();
  }
}
