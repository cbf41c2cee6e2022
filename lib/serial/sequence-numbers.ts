const PER_MS = 1000;

/**
 * Numbers for the frames of one run, in rising order without a gap.
 *
 * The first number is the time of the start in microseconds since 1970, so that no run repeats a number of the run
 * before, without anything kept on disk: that would take more than a million frames a second. Within a run a missing
 * number is a lost frame; a step of a thousand for every millisecond that passed is a restart. The numbers stay exact
 * (below 2^53) until the year 2255.
 */
export class SequenceNumbers {
  #next: number;

  /** @param startedAtMs epoch milliseconds */
  constructor(startedAtMs: number) {
    this.#next = startedAtMs * PER_MS;
  }

  next(): number {
    return this.#next++;
  }
}
