import { promises } from 'node:fs';
import { TwinError } from '../reading/twin-error';
import type { SpoolFileSystem } from './spool-files';
import type { SpoolLockOptions } from './spool-lock';
import { RECORD_HEADER_BYTES } from './spool-record';
import { SEGMENT_HEADER_BYTES } from './spool-segment-header';

/** What an appended record survives once its promise has resolved: the death of the process, or also a power cut. */
export type SpoolDurability = 'process' | 'power';

export interface SpoolOptions {
  /** Folder of this spool alone; made when missing. */
  readonly folder: string;
  /** Most bytes of the log on disk (default 256 MiB, at least 64 KiB). When it is full the oldest segment goes. */
  readonly maxBytes?: number;
  /** Records older than this are dropped (default: no limit). By the wall clock, which may jump: allow for it. */
  readonly maxAgeMs?: number;
  /**
   * `process` (default) waits for the write only; `power` waits for fdatasync too, joined for all that waits. A sync
   * takes from a fraction of a millisecond (SSD) to a tenth of a second (SD card).
   */
  readonly durability?: SpoolDurability;
  /**
   * How often what was written is synced in the background: what a power cut may take at `process` (default 1 s; 0:
   * never).
   */
  readonly syncEveryMs?: number;
  /**
   * Size of one file (default an eighth of `maxBytes`, at most 8.25 MiB): what goes at once when full. Bounds a record.
   */
  readonly segmentBytes?: number;
  /** Bytes of payloads that may wait for the disk in memory (default 64 MiB); beyond it `append` rejects. */
  readonly maxWaitingBytes?: number;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Default `node:fs/promises`. */
  readonly fileSystem?: SpoolFileSystem;
  readonly lock?: SpoolLockOptions;
}

export interface ResolvedSpoolOptions extends Required<Omit<SpoolOptions, 'lock'>> {
  readonly lock: SpoolLockOptions;
  /** Largest payload. */
  readonly maxPayloadBytes: number;
}

const MIN_BYTES = 64 * 1024;
/** The largest message that MQTT takes by default, 8 MiB, and what is kept beside it. */
const MAX_SEGMENT_BYTES = 8 * 2 ** 20 + 256 * 1024;

/** @throws TwinError `DELIVERY_SPOOL_OPTIONS` */
export function resolveSpoolOptions(options: SpoolOptions): ResolvedSpoolOptions {
  const { maxBytes = 256 * 2 ** 20, maxAgeMs = Infinity, syncEveryMs = 1_000 } = options;
  const { segmentBytes = Math.min(MAX_SEGMENT_BYTES, Math.floor(maxBytes / 8)) } = options;
  if (options.folder === '') throw optionsError('folder', 'a path', options.folder);
  if (!(maxBytes >= MIN_BYTES)) throw optionsError('maxBytes', `at least ${MIN_BYTES}`, maxBytes);
  if (!(maxAgeMs > 0)) throw optionsError('maxAgeMs', 'more than 0', maxAgeMs);
  if (!(syncEveryMs >= 0)) throw optionsError('syncEveryMs', '0 or more', syncEveryMs);
  if (!(segmentBytes >= 1024 && segmentBytes <= maxBytes / 2)) {
    throw optionsError('segmentBytes', 'from 1024 to half of maxBytes', segmentBytes);
  }
  return {
    folder: options.folder,
    maxBytes,
    maxAgeMs,
    durability: options.durability ?? 'process',
    syncEveryMs,
    segmentBytes,
    maxWaitingBytes: options.maxWaitingBytes ?? 64 * 2 ** 20,
    now: options.now ?? Date.now,
    fileSystem: options.fileSystem ?? promises,
    lock: options.lock ?? {},
    maxPayloadBytes: segmentBytes - SEGMENT_HEADER_BYTES - RECORD_HEADER_BYTES,
  };
}

const optionsError = (name: string, expected: string, got: unknown): TwinError =>
  new TwinError('DELIVERY_SPOOL_OPTIONS', `the spool's ${name} must be ${expected}, got ${String(got)}`);
