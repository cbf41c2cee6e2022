import type { TwinError } from '../reading/twin-error';

/**
 * Why stored records were lost: the log was `full`, they were too old (`age`), or their bytes on disk were no longer what
 * was written (`damaged`). What the disk refused was never stored: its `append` rejected, which is for the caller to
 * count.
 */
export type DropReason = 'full' | 'age' | 'damaged';

export interface DroppedRecords {
  readonly count: number;
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
