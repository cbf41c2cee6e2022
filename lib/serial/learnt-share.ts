const LEARNING_RATE = 1 / 8;
const NEARLY_CERTAIN = 0.99;

/** A probability that follows what is seen and never becomes certain, with the cost in bits of a yes and of a no. */
export class LearntShare {
  yesBits = 0;
  noBits = 0;
  #share = 0;

  constructor(private readonly initial: number) {
    this.reset();
  }

  get share(): number {
    return this.#share;
  }

  reset(): void {
    this.#set(this.initial);
  }

  /** @param seen 1 for a yes, 0 for a no, or the share of yes among several */
  learn(seen: number): void {
    this.#set(this.#share + (seen - this.#share) * LEARNING_RATE);
  }

  #set(share: number): void {
    this.#share = Math.min(Math.max(share, 1 - NEARLY_CERTAIN), NEARLY_CERTAIN);
    this.yesBits = -Math.log2(this.#share);
    this.noBits = -Math.log2(1 - this.#share);
  }
}
