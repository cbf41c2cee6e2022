import { TurnoverMap } from './turnover-map';

/** A set of what comes and goes all the time, in the order of its coming: see `TurnoverMap`. */
export class TurnoverSet<T> {
  readonly #members = new TurnoverMap<T, T>();

  get size(): number {
    return this.#members.size;
  }

  has(member: T): boolean {
    return this.#members.has(member);
  }

  add(member: T): void {
    this.#members.set(member, member);
  }

  delete(member: T): boolean {
    return this.#members.delete(member);
  }

  clear(): void {
    this.#members.clear();
  }

  /** The first that came of those that are there. */
  first(): T | undefined {
    return this.#members.first();
  }

  /** Those that are there now. */
  values(): T[] {
    return this.#members.values();
  }
}
