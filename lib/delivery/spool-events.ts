import type { TwinError } from '../reading/twin-error';

/**
 * Why records were lost: the log was `full`, they were too old (`age`), the disk refused them (`disk`: their `append`
 * rejected), or their bytes on disk were no longer what was written (`damaged`).
 */
export type DropReason = 'full' | 'age' | 'disk' | 'damaged';

export interface DroppedRecords {
  readonly count: number;
  readonly reason: DropReason;
}

export interface SpoolEvents {
  /** Records were lost. Each lost record is told of once. */
  dropped: [DroppedRecords];
  /** Records were stored and wait to be read. */
  stored: [];
  /** The disk failed in the background, or the lock was lost: nothing is lost by that alone, but it should be seen. */
  fault: [TwinError];
}
