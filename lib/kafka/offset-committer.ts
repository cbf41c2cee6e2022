import type { Offsets } from 'kafkajs';
import type { DueOffset, GroupAssignment } from './group-assignment';

/** Errors that a rebalance explains; the first fetch after it shows what is committed. */
const REBALANCE_ERRORS = ['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'];

/** Sends offsets to the coordinator, under the generation of this very moment and without retrying. */
export type SendOffsets = (offsets: Offsets) => Promise<void>;

/** Commits the settled offsets, one request at a time. */
export class OffsetCommitter {
  readonly #assignment: GroupAssignment;
  readonly #onError: (thrown: unknown) => void;
  #confirmed = false;
  #underWay: Promise<void> | undefined;

  constructor(assignment: GroupAssignment, onError: (thrown: unknown) => void) {
    this.#assignment = assignment;
    this.#onError = onError;
  }

  /**
   * To be called when the coordinator has answered; that sending resolved proves nothing: kafkajs may not have sent.
   */
  confirm(): void {
    this.#confirmed = true;
  }

  /** Never rejects; what was not committed is due again. */
  commit(send: SendOffsets): Promise<void> {
    this.#underWay ??= this.#commit(send).finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  async #commit(send: SendOffsets): Promise<void> {
    const due = this.#assignment.due();
    if (due.length === 0) return;
    this.#confirmed = false;
    try {
      await send({ topics: byTopic(due) });
      if (!this.#confirmed) return;
      for (const { progress, offset } of due) progress.acknowledge(offset);
    } catch (thrown) {
      if (!REBALANCE_ERRORS.includes((thrown as { type?: string }).type ?? '')) this.#onError(thrown);
    }
  }
}

function byTopic(due: readonly DueOffset[]): Offsets['topics'] {
  const topics = new Map<string, { partition: number; offset: string }[]>();
  for (const { progress, offset } of due) {
    const partitions = topics.get(progress.topic) ?? [];
    partitions.push({ partition: progress.partition, offset: String(offset) });
    topics.set(progress.topic, partitions);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
