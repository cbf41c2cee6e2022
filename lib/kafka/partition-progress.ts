import { SettledPrefix } from '../delivery/settled-prefix';

/** The group has committed nothing for a partition. */
const NOTHING = -1n;

/**
 * How far one partition was delivered, settled and committed, from the time we own it until another does. It outlives a
 * rebalance and a rebuilt connection when the partition stays ours, so that what is in flight then is neither forgotten
 * nor delivered twice.
 */
export class PartitionProgress {
  readonly #settled = new SettledPrefix();
  readonly #from: bigint;
  #nextDelivery: bigint;
  #acknowledged: bigint;
  #confirmed = true;
  /** Where the client reads on. */
  #position: bigint;
  #dropped = false;
  /** The offset behind the last record of the partition, as the broker last told. */
  endOffset: bigint;

  /**
   * @param from the offset at which our reading begins
   * @param committed whether the group has committed that offset; if not, it is due at once
   */
  constructor(
    readonly topic: string,
    readonly partition: number,
    from: bigint,
    committed: boolean,
  ) {
    this.#from = from;
    this.#nextDelivery = from;
    this.#position = from;
    this.#acknowledged = committed ? from : NOTHING;
    this.endOffset = from;
  }

  /** The first offset that was not delivered. */
  get nextDelivery(): bigint {
    return this.#nextDelivery;
  }

  /** All below is settled. */
  get settledUpTo(): bigint {
    return this.#settled.next ?? this.#from;
  }

  /** Whether the group has committed an offset here, so that it knows where to go on. */
  get isCommitted(): boolean {
    return this.#acknowledged !== NOTHING;
  }

  /** Records of the partition that are not settled. */
  get lag(): bigint {
    return this.endOffset > this.settledUpTo ? this.endOffset - this.settledUpTo : 0n;
  }

  /** Records delivered from the first open one on: what comes again after a crash. */
  get uncommitted(): number {
    return this.#settled.kept;
  }

  /** What should be committed, if anything. */
  get due(): bigint | undefined {
    const upTo = this.settledUpTo;
    return this.#confirmed && !this.#dropped && upTo > this.#acknowledged ? upTo : undefined;
  }

  /** Takes a record that is about to be delivered; offsets rise. */
  deliver(offset: bigint): void {
    this.#settled.add(offset);
    this.#nextDelivery = offset + 1n;
  }

  /** All of a batch was handed out: the next fetch begins here. */
  readUpTo(offset: bigint): void {
    this.#position = offset;
  }

  /**
   * Whether the record was open until now. A late settle, of a partition that is no longer ours, counts for nothing.
   */
  settle(offset: bigint): boolean {
    if (this.#dropped) return false;
    const before = this.#settled.open;
    this.#settled.settle(offset);
    return this.#settled.open < before;
  }

  /** The broker has confirmed a commit. */
  acknowledge(offset: bigint): void {
    if (offset > this.#acknowledged) this.#acknowledged = offset;
  }

  /** The group has a new generation: nothing is committed until the first fetch shows that nobody else was here. */
  suspend(): void {
    this.#confirmed = false;
  }

  /**
   * Whether this progress still holds for a fetch that begins at `fetched`: the committed offset if there is one, else
   * where we told the client to go on. It does unless another member has committed more than we have settled, or
   * someone has set it back.
   */
  resume(fetched: bigint): boolean {
    // Not what is committed: a new leader may for a moment have less to read than we have already got from the former.
    if (this.#confirmed) return fetched >= this.#position;
    const holds = fetched >= this.#acknowledged && fetched >= this.#from && fetched <= this.#nextDelivery;
    if (!holds || (this.isCommitted && fetched > this.settledUpTo)) return false;
    this.#confirmed = true;
    this.#position = fetched;
    if (this.isCommitted) this.#acknowledged = fetched;
    return true;
  }

  /** Late settles are ignored from now on. Answers how many records were open. */
  drop(): number {
    this.#dropped = true;
    return this.#settled.open;
  }
}
