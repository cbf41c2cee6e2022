import { ClockFilter, type ClockEstimate } from './clock-filter';
import type { EchoAnswer, EchoRequest } from './echo-message';

/** What is known of one machine's clock. */
export interface MachineClock extends ClockEstimate {
  readonly machine: string;
}

/** Requests that still may be answered; with the default pace of 5 s each waits for five minutes. */
const MAX_OPEN = 64;
const MAX_MACHINES = 100;

interface Open {
  readonly t1: number;
  /** Machines that have answered: a second answer is a copy. */
  readonly answered: Set<string>;
}

/**
 * Asks other machines for their clocks and keeps an estimate of each; every machine that hears a request may answer.
 */
export class EchoAsker {
  readonly #name: string;
  readonly #open = new Map<string, Open>();
  readonly #filters = new Map<string, ClockFilter>();
  #asked = 0;
  /** Answers that could not be used: too late, a copy, or with stamps that cannot be. */
  unusable = 0;

  /** @param name differs from that of every other asker, and from that of an earlier run */
  constructor(name: string) {
    this.#name = name;
  }

  /** The request to be sent now. @param t1 epoch milliseconds on our clock */
  ask(t1: number): EchoRequest {
    const id = `${this.#name}/${(this.#asked += 1)}`;
    this.#open.set(id, { t1, answered: new Set() });
    if (this.#open.size > MAX_OPEN) this.#open.delete(this.#open.keys().next().value as string);
    return { Echo: 'request', Echo_Id: id };
  }

  /** Takes in an answer; one to somebody else's request is none of ours. @param t4 when it arrived, on our clock */
  take({ Echo_Id: id, Machine: machine, T2: t2, T3: t3 }: EchoAnswer, t4: number): void {
    if (!id.startsWith(`${this.#name}/`)) return;
    const open = this.#open.get(id);
    if (!open || open.answered.has(machine) || open.answered.size >= MAX_MACHINES) {
      this.unusable += 1;
      return;
    }
    open.answered.add(machine);
    let filter = this.#filters.get(machine);
    if (!filter) {
      if (this.#filters.size >= MAX_MACHINES) this.#filters.delete(this.#filters.keys().next().value as string);
      this.#filters.set(machine, (filter = new ClockFilter()));
    }
    if (!filter.add({ t1: open.t1, t2, t3, t4 })) this.unusable += 1;
  }

  /** @param nowMs epoch milliseconds on our clock */
  clockOf(machine: string, nowMs: number): ClockEstimate | undefined {
    return this.#filters.get(machine)?.estimate(nowMs);
  }

  /** All machines that have answered. @param nowMs epoch milliseconds on our clock */
  clocks(nowMs: number): MachineClock[] {
    return [...this.#filters].flatMap(([machine, filter]) => {
      const estimate = filter.estimate(nowMs);
      return estimate ? [{ machine, ...estimate }] : [];
    });
  }
}
