import type { DeliveryWindow } from './delivery-window';
import { PartitionProgress } from './partition-progress';

/** Partitions by topic, as kafkajs tells them after a join. */
export type MemberAssignment = Readonly<Record<string, readonly number[]>>;

/** An offset of a partition. */
export interface PartitionPosition {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

export interface DueOffset {
  readonly progress: PartitionProgress;
  readonly offset: bigint;
}

/** The partitions that are ours in the current generation of the group, and the progress of each. */
export class GroupAssignment {
  readonly #window: DeliveryWindow;
  readonly #commits: boolean;
  readonly #progress = new Map<string, PartitionProgress>();
  #sinceMs = 0;

  /** @param commits whether the group commits offsets */
  constructor(window: DeliveryWindow, commits: boolean) {
    this.#window = window;
    this.#commits = commits;
  }

  /**
   * A new generation: partitions that went to another member are let go, the others wait for their first fetch.
   *
   * @param starts where partitions begin of which the group knows nothing
   * @returns where to go on in partitions for which the broker has no committed offset
   */
  join(assignment: MemberAssignment, starts: readonly PartitionPosition[]): PartitionPosition[] {
    this.#sinceMs = Date.now();
    const ours = new Set<string>();
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) ours.add(key(topic, partition));
    }
    for (const [name, progress] of this.#progress) {
      if (ours.has(name)) progress.suspend();
      else this.#drop(name, progress);
    }
    for (const { topic, partition, offset } of starts) {
      const name = key(topic, partition);
      if (!ours.has(name) || this.#progress.has(name)) continue;
      this.#progress.set(name, new PartitionProgress(topic, partition, offset, false));
    }
    return [...this.#progress.values()]
      .filter(({ isCommitted }) => !isCommitted)
      .map(({ topic, partition, settledUpTo, nextDelivery }) => ({
        topic,
        partition,
        offset: this.#commits ? settledUpTo : nextDelivery,
      }));
  }

  /**
   * The partitions of which something is known here, and when the group last left them with us (epoch milliseconds).
   */
  get holdings(): { readonly partitions: MemberAssignment; readonly sinceMs: number } {
    const partitions: Record<string, number[]> = {};
    for (const { topic, partition } of this.#progress.values()) (partitions[topic] ??= []).push(partition);
    return { partitions, sinceMs: this.#sinceMs };
  }

  /** The progress that a batch belongs to; a new one when the known one does not hold for it. */
  progressOf(topic: string, partition: number, fetched: bigint): PartitionProgress {
    const name = key(topic, partition);
    const known = this.#progress.get(name);
    if (known?.resume(fetched)) return known;
    if (known) this.#drop(name, known);
    const fresh = new PartitionProgress(topic, partition, fetched, this.#commits);
    this.#progress.set(name, fresh);
    return fresh;
  }

  /** Offsets that are settled without a gap and not committed. */
  due(): DueOffset[] {
    if (!this.#commits) return [];
    return [...this.#progress.values()].flatMap((progress) => {
      const offset = progress.due;
      return offset === undefined ? [] : [{ progress, offset }];
    });
  }

  /** Records that are not settled, over all our partitions. */
  get lag(): number {
    let lag = 0n;
    for (const progress of this.#progress.values()) lag += progress.lag;
    return Number(lag);
  }

  #drop(name: string, progress: PartitionProgress): void {
    this.#window.give(progress.drop());
    this.#progress.delete(name);
  }
}

const key = (topic: string, partition: number): string => `${topic}/${partition}`;
