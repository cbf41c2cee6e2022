import type { TwinError } from '../reading/twin-error';

/**
 * Why stored records were lost: the log was `full`, they were too old (`age`), or their bytes on disk were no longer
 * what was written (`damaged`). What the disk refused was never stored: its `append` rejected, which is for the caller
 * to count.
 */
export type DropReason = 'full' | 'age' | 'damaged';

/** Records that are gone, and the sequences between which they lie, both included. */
export interface LostRecords {
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

export interface DroppedRecords extends LostRecords {
  readonly reason: DropReason;
}

export interface SpoolEvents {
  /** Stored records were lost. Each is told of once. */
  dropped: [DroppedRecords];
  /** Records were stored and wait to be read. */
  stored: [];
  /** The disk failed in the background, or the lock was lost: nothing is lost by that alone, but it should be seen. */
  fault: [TwinError];
}
